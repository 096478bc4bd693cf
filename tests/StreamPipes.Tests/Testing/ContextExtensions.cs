namespace StreamPipes.Tests.Testing;

/// <summary>Enters a synchronization context for the length of a call.</summary>
internal static class ContextExtensions
{
    public static T RunInside<T>(this SynchronizationContext context, Func<T> function)
    {
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(context);
        try
        {
            return function();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }
}
