namespace StreamPipes.Tests.Testing;

/// <summary>The context of a thread that is blocked for good: whatever is posted to it never runs.</summary>
internal sealed class FrozenContext : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state)
    {
        // It waits behind whoever blocks the thread.
    }

    /// <summary>Begins something in such a context, and leaves it.</summary>
    public static T Run<T>(Func<T> begin) => new FrozenContext().RunInside(begin);
}
