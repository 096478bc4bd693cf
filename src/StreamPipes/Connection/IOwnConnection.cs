namespace StreamPipes.Connection;

/// <summary>What a connection of this library can do, beyond what every duplex pipe can, for a layer that is put over it.</summary>
internal interface IOwnConnection : IAsyncDisposable
{
    bool CanDetach { get; }

    Task Completion { get; }

    /// <summary>What a proxy has said of the client.</summary>
    ProxyHeader? ProxyHeader { get; }

    ValueTask<DetachedStream> DetachAsync(CancellationToken cancellationToken = default);

    void Abort(Exception? reason = null);
}
