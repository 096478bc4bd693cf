namespace StreamPipes.Common.Polyfills;

/// <summary>An object that the thread pool runs without a delegate of its own; the framework has it from .NET Core 3.0 on.</summary>
internal interface IThreadPoolWorkItem
{
    void Execute();
}
