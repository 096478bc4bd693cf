#if !LIBRARY_NETSTANDARD
using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace StreamPipes.Tests.Hostile;

/// <summary>
/// One TLS session between a connection of the library and an honest <see cref="SslStream"/>, through a relay that tampers with what the peer
/// sends: a handshake, some messages, close_notify. What the library makes of it is kept for the test to judge.
/// </summary>
internal sealed class TamperedSession
{
    /// <summary>Records of several sizes, one of them a single byte.</summary>
    public static readonly IReadOnlyList<int> Sizes = [16, 1, 100];

    public static readonly byte[] Messages = Payload.Seeded(Sizes.Sum(), seed: 5);

    private readonly SslProtocols _protocol;
    private readonly bool _isClient;
    private readonly Tampering _tampering;
    private readonly PipeConnectionOptions? _options;

    private TamperedSession(SslProtocols protocol, bool isClient, Tampering tampering, PipeConnectionOptions? options)
    {
        _protocol = protocol;
        _isClient = isClient;
        _tampering = tampering;
        _options = options;
    }

    /// <summary>What failed: the handshake or a read.</summary>
    public Exception? Error { get; private set; }

    public bool HandshakeFailed { get; private set; }

    /// <summary>Whether the input told the end, as an orderly one.</summary>
    public bool ReadTheEnd { get; private set; }

    public byte[] Received { get; private set; } = [];

    /// <summary>What the peer read after its own half-close; null if it did not get that far.</summary>
    public byte[]? ReceivedByPeer { get; private set; }

    public CloseReason CloseReason { get; private set; }

    public long Forwarded { get; private set; }

    /// <summary>How many bytes were to be forwarded; null if all of them.</summary>
    public long? CutAt { get; private set; }

    public bool EndedAtRecordBoundary { get; private set; }

    public int WholeRecords { get; private set; }

    public static async Task<TamperedSession> RunAsync(SslProtocols protocol, bool isClient, Tampering tampering, PipeConnectionOptions? options = null)
    {
        TamperedSession session = new(protocol, isClient, tampering, options);
        await session.RunAsync();
        return session;
    }

    public override string ToString() => $"{_protocol}, {(_isClient ? "client" : "server")}, {Forwarded} bytes forwarded, {Received.Length} received, {(ReadTheEnd ? "end" : "no end")}, {CloseReason}, {_tampering}, {Error}";

    // A session resumed is a shorter one, and offsets would mean something else from time to time.
    private SslClientAuthenticationOptions ClientOptions()
    {
        SslClientAuthenticationOptions options = TestCertificates.ClientOptions(_protocol);
        options.AllowTlsResume = false;
        return options;
    }

    private SslServerAuthenticationOptions ServerOptions()
    {
        SslServerAuthenticationOptions options = TestCertificates.ServerOptions(_protocol);
        options.AllowTlsResume = false;
        return options;
    }

    private async Task RunAsync()
    {
        (Socket socket, Socket far) = await SocketPair.TcpAsync();
        (MemoryDuplexStream near, MemoryDuplexStream peer) = MemoryDuplexStream.CreatePair();
        TamperingRelay relay = new(far, near, _tampering);
        Task relaying = relay.RunAsync();
        Task<byte[]?> peering = PeerAsync(peer);
        await LibraryAsync(socket);

        await relaying.Guarded();
        ReceivedByPeer = await peering.Guarded();
        Forwarded = relay.Forwarded;
        CutAt = relay.CutAt;
        EndedAtRecordBoundary = relay.EndedAtRecordBoundary;
        WholeRecords = relay.WholeRecords;
    }

    private async Task LibraryAsync(Socket socket)
    {
        PipeConnection connection;
        try
        {
            connection = await (_isClient
                ? TlsConnection.AuthenticateAsClientAsync(SocketConnection.Create(socket), ClientOptions(), _options)
                : TlsConnection.AuthenticateAsServerAsync(SocketConnection.Create(socket), ServerOptions(), _options)).Guarded();
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or TimeoutException)
        {
            // A reset that comes before the connection has given its socket to TLS is still the socket's own exception.
            HandshakeFailed = true;
            Error = e;
            return;
        }

        await ReadAsync(connection.Input);
        Error ??= await Thrown.ByAsync(() => AnswerAsync(connection.Output));
        await connection.DisposeAsync().Guarded();
        Exception? completion = await Thrown.ByAsync(() => connection.Completion.Guarded());
        Error ??= completion;
        CloseReason = connection.CloseReason;
    }

    private async Task ReadAsync(PipeReader input)
    {
        ArrayBufferWriter<byte> bytes = new();
        try
        {
            while (!ReadTheEnd)
            {
                ReadResult result = await input.ReadAsync().Guarded();
                foreach (ReadOnlyMemory<byte> memory in result.Buffer) bytes.Write(memory.Span);
                input.AdvanceTo(result.Buffer.End);
                ReadTheEnd = result.IsCompleted;
            }
        }
        catch (Exception e) when (e is IOException or AuthenticationException or TimeoutException)
        {
            Error = e;
        }

        Received = bytes.WrittenSpan.ToArray();
    }

    private static async Task AnswerAsync(PipeWriter output)
    {
        await output.WriteTextAsync("still here");
        await output.CompleteAsync().Guarded();
    }

    /// <summary>The peer is honest; whatever its session suffers is the relay's doing.</summary>
    private async Task<byte[]?> PeerAsync(Stream stream)
    {
        SslStream tls = new(stream);
        try
        {
            await (_isClient
                ? tls.AuthenticateAsServerAsync(ServerOptions())
                : tls.AuthenticateAsClientAsync(ClientOptions()));
            int sent = 0;
            foreach (int size in Sizes)
            {
                await tls.WriteAsync(Messages.AsMemory(sent, size));
                sent += size;
            }

            await tls.ShutdownAsync();
            using MemoryStream answer = new();
            await tls.CopyToAsync(answer);
            return answer.ToArray();
        }
        catch (Exception e) when (e is IOException or AuthenticationException or ObjectDisposedException or InvalidOperationException)
        {
            // Its session was broken, as it was meant to be.
            return null;
        }
        finally
        {
            await stream.DisposeAsync();
        }
    }
}
#endif
