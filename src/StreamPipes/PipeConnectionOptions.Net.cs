namespace StreamPipes;

/// <content>What .NET Standard has no types for.</content>
public sealed partial class PipeConnectionOptions
{
    /// <summary>
    /// Whether a TLS session that ends without the peer's close_notify is a fault of the read (<see cref="CloseReason.ReadFault"/>, an <see cref="IOException"/>)
    /// instead of an end. Default <see langword="false"/>: it is an end, as <see cref="System.Net.Security.SslStream"/> tells it, and
    /// <see cref="PipeConnection.CloseReason"/> says <see cref="CloseReason.Truncated"/>. Set it where the end of the stream is the end of a message, as in
    /// HTTP/1.0 or a transfer of a file. It is known for the sessions of <see cref="TlsConnection"/>.
    /// </summary>
    public bool RequireCloseNotify
    {
        get => _requireCloseNotify;
        set => Set(ref _requireCloseNotify, value);
    }

    /// <summary>The clock of all time limits. Default <see langword="null"/>: <see cref="System.TimeProvider.System"/>.</summary>
    public TimeProvider? TimeProvider
    {
        get => _timeProvider;
        set => Set(ref _timeProvider, value);
    }
}
