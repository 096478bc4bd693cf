#if !LIBRARY_NETSTANDARD
using System.IO.Compression;

namespace StreamPipes.Tests.Conformance;

/// <summary>Two one-way compressed streams over the two halves of a TLS connection.</summary>
public sealed class GZipOnTlsConformance : PipeConnectionConformance
{
    protected override string? AbortLooksLikeTheEnd => "Disposing a compressing stream writes its trailer: the peer sees an end.";

    protected override string? LeaveOpenLeavesNoUse => "A stream of two halves is none that could be used by hand.";

    protected override string? CannotDetach => "Two streams are none that could be handed back.";

    private protected override async Task<ConnectedPair> ConnectAsync(PipeConnectionOptions? clientOptions = null, PipeConnectionOptions? serverOptions = null)
    {
        (PipeConnection client, PipeConnection server) = await TlsPair.OverSocketsAsync();
        StreamPair carrier = new(Stream.Null, Stream.Null, () =>
        {
            client.Abort();
            server.Abort();
            return Task.CompletedTask;
        });
        return new ConnectedPair(Compress(client, clientOptions), Compress(server, serverOptions), carrier);
    }

    private static PipeConnection Compress(PipeConnection pipe, PipeConnectionOptions? options) => StreamConnection.Create(
        new GZipStream(pipe.Input.AsStream(), CompressionMode.Decompress),
        new GZipStream(pipe.Output.AsStream(), CompressionLevel.Fastest),
        options);
}
#endif
