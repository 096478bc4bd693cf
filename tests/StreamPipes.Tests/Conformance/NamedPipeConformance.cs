namespace StreamPipes.Tests.Conformance;

/// <summary>A named pipe.</summary>
public sealed class NamedPipeConformance : StreamTransportConformance
{
    protected override string? NoHalfClose => "A named pipe is closed whole.";

    protected override string? AbortLooksLikeTheEnd => "A named pipe has no reset: closing it shows the peer the end.";

    private protected override Task<StreamPair> ConnectStreamsAsync() => StreamPairs.NamedPipeAsync();
}
