using System.Security.Authentication;
using StreamPipes.Tests.Testing;

namespace StreamPipes.Fuzzing.Tls;

/// <summary>
/// TLS records into a TLS connection, of a client or a server: those of an honest peer, edited on the way, or bytes of the fuzzer alone. No hang, no error that is not
/// documented, nothing false delivered, and no orderly end before the peer's last byte.
/// </summary>
internal sealed class TlsTarget : FuzzTarget
{
    private const byte Tls12 = 2;
    private const byte Raw = 4;

    public override string Name => "tls";

    public override bool IsAsynchronous => true;

    public override IEnumerable<byte[]> Seeds()
    {
        foreach (byte role in new byte[] { 0, 1, Tls12, Tls12 + 1 })
        {
            yield return [role];
            yield return [(byte)(role | 32), (byte)EditKind.Flip, 0, 30, 1];
            yield return [(byte)(role | 8), (byte)EditKind.Cut, 5, 0, 0];
            yield return [(byte)(role | 16), (byte)EditKind.Truncate, 2, 7, 0];
            yield return [role, (byte)EditKind.Repeat, 1, 0, 0, (byte)EditKind.Swap, 3, 0, 0];
            yield return [role, (byte)EditKind.InsertRecord, 4, 2, 21, 1, 0];
            yield return [role, (byte)EditKind.Insert, 6, 5, 0, 22, 3, 3, 0, 0];
            yield return [role, (byte)EditKind.Relength, 6, 64, 0, (byte)EditKind.Retype, 7, 0, 22, (byte)EditKind.Drop, 8, 0, 0];
            yield return [(byte)(role | Raw), 21, 3, 3, 0, 2, 2, 40];
        }

        // A record that fails while the half-close waits for its read.
        yield return Convert.FromBase64String("ABoB/24=");
        yield return [Raw, .. FirstFlight(SslProtocols.Tls13)];
        yield return [Raw | Tls12, .. FirstFlight(SslProtocols.Tls12)];
    }

    public override void Run(byte[] input) => Blocking.Wait(RunAsync(TlsPlan.Read(new FuzzBytes(input))));

    private static async Task RunAsync(TlsPlan plan)
    {
        (MemoryDuplexStream near, MemoryDuplexStream far) = MemoryDuplexStream.CreatePair();
        await using Carrier carrier = new(near, plan);
        Peer peer = new(far, plan);
        TlsSubject subject = new(plan);
        Task peering = plan.IsRaw ? SendAsync(far, plan.Raw) : peer.RunAsync();
        try
        {
            await subject.RunAsync(carrier);
        }
        finally
        {
            await far.DisposeAsync();
            await peering;
        }

        FoundException.Unless(carrier.IsDisposed, "the stream was not disposed");
        FoundException.Unless(!plan.IsRaw || !subject.HasConnected, "a handshake ended without a peer");
        FoundException.Unless(Peer.Messages.AsSpan().StartsWith(subject.Received), "something was received that was not sent");
        bool isWhole = subject.Received.Length == Peer.Messages.Length;
        bool isOrderly = subject is { HasConnected: true, ReadError: null, CloseReason: CloseReason.LocalClose or CloseReason.RemoteClose };
        FoundException.Unless(isWhole || !isOrderly, $"an orderly end after {subject.Received.Length} bytes");
        FoundException.Unless(plan.IsRaw || peer.WasEdited || isWhole || subject.HasTimedOut, $"nothing was edited, and {subject.Received.Length} bytes were received: {subject.ReadError}");
    }

    /// <summary>What it is answered goes nowhere, but has to be taken.</summary>
    private static async Task SendAsync(Stream far, byte[] bytes)
    {
        Task draining = far.CopyToAsync(Stream.Null);
        try
        {
            await far.WriteAsync(bytes);
            await far.DisposeAsync();
            await draining;
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // Refused before all of it was sent, which is right.
        }

        await draining.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>What a client sends before it is answered.</summary>
    private static byte[] FirstFlight(SslProtocols protocol)
    {
        (MemoryDuplexStream near, MemoryDuplexStream far) = MemoryDuplexStream.CreatePair();
        Task handshake = new System.Net.Security.SslStream(near).AuthenticateAsClientAsync(Peer.ClientOptions(protocol));
        byte[] buffer = new byte[4096];
        int count = far.Read(buffer, 0, buffer.Length);
        far.Dispose();
        Blocking.Wait(handshake.ContinueWith(ended => _ = ended.Exception, TaskScheduler.Default));
        return buffer[..count];
    }
}
