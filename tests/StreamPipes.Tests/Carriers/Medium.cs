namespace StreamPipes.Tests.Carriers;

/// <summary>What carries the bytes.</summary>
public enum Medium
{
    /// <summary>A stream that a cancelled read ends in both directions.</summary>
    Fragile,

    /// <summary>A stream whose read continues after its dispose.</summary>
    OutlivingRead,

    /// <summary>A stream whose dispose is its close handshake.</summary>
    Farewell,

    /// <summary>A stream whose reads ignore their tokens.</summary>
    Deaf,

    /// <summary>A stream whose ReadAsync blocks its thread.</summary>
    ThreadBlocking,

    /// <summary>Two one-way streams, of which the input closes late: the far side stops reading once nobody takes what it writes.</summary>
    LateInput,

    NetworkStream,
    Socket,
    UnixSocket,
    NamedPipeServer,
    NamedPipeClient,

    /// <summary>A named pipe that was not opened for asynchronous use.</summary>
    SynchronousNamedPipe,

    /// <summary>The stream behind HTTP 101 of <see cref="System.Net.Http.HttpClient"/>.</summary>
    HttpUpgrade,

#if NET10_0_OR_GREATER
    WebSocketClient,
    WebSocketServer,
#endif

    /// <summary>A program that passes its input on as it comes, and stops when nobody takes its output.</summary>
    EchoingProcess,

    /// <summary>A program that reads its input to the end before it answers.</summary>
    AnsweringProcess,
}
