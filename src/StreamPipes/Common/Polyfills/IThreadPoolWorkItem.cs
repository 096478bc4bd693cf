#if !NET
namespace System.Threading;

/// <summary>What the thread pool runs.</summary>
internal interface IThreadPoolWorkItem
{
    void Execute();
}
#endif
