using System.IO.Pipelines;

namespace StreamPipes.Sending;

/// <summary>The library's class of this name. No writer of the tests is one.</summary>
internal abstract class ConnectionWriter : PipeWriter
{
    public abstract PipeWriter ThrowingFaults { get; }
}
