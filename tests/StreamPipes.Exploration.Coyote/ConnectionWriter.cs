using System.IO.Pipelines;

namespace StreamPipes.Sending;

/// <summary>The library's class of this name, which the stream only asks whether a writer is one.</summary>
internal abstract class ConnectionWriter : PipeWriter;
