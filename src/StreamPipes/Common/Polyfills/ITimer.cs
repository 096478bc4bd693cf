namespace StreamPipes.Common.Polyfills;

/// <summary>A timer of a <see cref="TimeProvider"/>.</summary>
internal interface ITimer : IDisposable
{
    bool Change(TimeSpan dueTime, TimeSpan period);
}
