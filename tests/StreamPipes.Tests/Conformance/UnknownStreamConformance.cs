namespace StreamPipes.Tests.Conformance;

/// <summary>A stream of which the library knows nothing.</summary>
public sealed class UnknownStreamConformance : StreamTransportConformance
{
    protected override string? NoHalfClose => "The stream has no half-close.";

    protected override string? AbortLooksLikeTheEnd => "Disposing a stream says nothing about why.";

    private protected override Task<StreamPair> ConnectStreamsAsync() => Task.FromResult(StreamPairs.Unknown());
}
