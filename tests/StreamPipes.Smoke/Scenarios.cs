using System.IO.Compression;
using System.IO.Pipelines;
using System.Security.Cryptography.X509Certificates;

namespace StreamPipes.Smoke;

/// <summary>What every program does with the library, once. Each scenario throws when it fails.</summary>
internal static class Scenarios
{
    private const int Mebibyte = 1 << 20;

    public static async Task RequestAsync(X509Certificate2 certificate)
    {
        using Ends ends = await Ends.TlsAsync(certificate);
        for (int i = 0; i < 100; i++)
        {
            await ends.Client.Output.SayAsync("ping");
            Expect.That(string.Equals(await ends.Server.Input.HearAsync(4), "ping", StringComparison.Ordinal), "the server hears the client");
            await ends.Server.Output.SayAsync("pong");
            Expect.That(string.Equals(await ends.Client.Input.HearAsync(4), "pong", StringComparison.Ordinal), "the client hears the server");
        }

        await ends.CloseAsync();
        Expect.That(ends.Client.CloseReason is CloseReason.LocalClose or CloseReason.RemoteClose, "an orderly end");
    }

    public static async Task EchoAsync(X509Certificate2 certificate)
    {
        using Ends ends = await Ends.TlsAsync(certificate);
        byte[] bytes = Pipes.Bytes(Mebibyte);
        Task echoing = EchoToTheEndAsync(ends.Server);
        Task<byte[]> reading = Ends.HasTlsHalfClose ? ends.Client.Input.ReadAllAsync() : ends.Client.Input.ReadAsync(Mebibyte);
        await ends.Client.Output.WriteAsync(bytes);
        if (Ends.HasTlsHalfClose) await ends.Client.Output.CompleteAsync();

        Expect.That((await reading).SequenceEqual(bytes), "every byte comes back, after the half-close too");
        await ends.Client.DisposeAsync();
        await echoing;
        await ends.CloseAsync();
        Expect.That(ends.Client.BytesSent == Mebibyte && ends.Client.BytesReceived == Mebibyte, "the counters agree");
    }

    public static async Task AbortAsync(X509Certificate2 certificate)
    {
        using Ends ends = await Ends.TlsAsync(certificate);
        await ends.Client.Output.SayAsync("hello");
        await ends.Server.Input.HearAsync(5);
        Task<ReadResult> read = ends.Server.Input.ReadAsync().AsTask();

        InvalidDataException reason = new("enough");
        ends.Client.Abort(reason);

        Expect.That(ReferenceEquals(await Expect.ThrowsAsync<InvalidDataException>(() => ends.Client.Completion), reason), "the very exception");
        Expect.That(ends.Client.CloseReason == CloseReason.Aborted, "the reason");
        await Expect.ThrowsAsync<IOException>(() => read);
        await ends.Server.DisposeAsync();
    }

    public static async Task AsStreamAsync(X509Certificate2 certificate)
    {
        using Ends ends = await Ends.PlainAsync();
        Task<PipeConnection> accepting = Ends.AcceptTlsAsync(ends.Server.AsStream(), certificate);
        using Ends secured = new(await Ends.ConnectTlsAsync(ends.Client.AsStream(), certificate), await accepting);
        byte[] bytes = Pipes.Bytes(Mebibyte);
        using Stream client = secured.Client.AsStream(leaveOpen: true);
        using Stream server = secured.Server.AsStream(leaveOpen: true);
        Task<byte[]> reading = server.ReadAsync(Mebibyte);
        await client.WriteAsync(bytes, 0, bytes.Length);
        await client.FlushAsync();

        Expect.That((await reading).SequenceEqual(bytes), "TLS over a pipe, read as a stream");
        await secured.CloseAsync();
    }

#if NET
    public static async Task TlsOverSocketAsync(X509Certificate2 certificate)
    {
        using Ends plain = await Ends.PlainAsync();
        Task<PipeConnection> accepting = TlsConnection.AuthenticateAsServerAsync(plain.Server, Ends.ServerOptions(certificate));
        using Ends secured = new(await TlsConnection.AuthenticateAsClientAsync(plain.Client, Ends.ClientOptions(certificate)), await accepting);

        await secured.Client.Output.SayAsync("no stream in sight");
        Expect.That(string.Equals(await secured.Server.Input.HearAsync(18), "no stream in sight", StringComparison.Ordinal), "the server hears the client");
        await secured.CloseAsync();
    }

    // A read of NetworkStream that cannot be cancelled, as in .NET Framework and Mono, cannot be taken back for a detach either.
    public static async Task DetachAsync(X509Certificate2 certificate)
    {
        using Ends plain = await Ends.PlainAsync();
        await plain.Client.Output.SayAsync("STARTTLS");
        await plain.Server.Input.HearAsync(8);
        DetachedStream server = await plain.Server.DetachAsync();
        DetachedStream client = await plain.Client.DetachAsync();
        Expect.That(server.UnreadBytes == 0 && client.UnreadBytes == 0, "nothing was injected");
        Task<PipeConnection> accepting = Ends.AcceptTlsAsync(server.Stream, certificate);
        using Ends secured = new(await Ends.ConnectTlsAsync(client.Stream, certificate), await accepting);

        await secured.Client.Output.SayAsync("secret");
        Expect.That(string.Equals(await secured.Server.Input.HearAsync(6), "secret", StringComparison.Ordinal), "TLS on the same socket");
        await secured.CloseAsync();
    }
#endif

    public static async Task CompressionAsync(X509Certificate2 certificate)
    {
        _ = certificate;
        (IDuplexPipe near, IDuplexPipe far) = DuplexPipe.CreatePair();
        byte[] bytes = Pipes.Bytes(Mebibyte);
        PipeWriter compressing = StreamConnection.CreateWriter(new GZipStream(near.AsStream(), CompressionMode.Compress));
        PipeReader decompressing = StreamConnection.CreateReader(new GZipStream(far.AsStream(), CompressionMode.Decompress));
        Task<byte[]> reading = decompressing.ReadAllAsync();
        await compressing.WriteAsync(bytes);
        await compressing.CompleteAsync();

        Expect.That((await reading).SequenceEqual(bytes), "compressed and back");
        await decompressing.CompleteAsync();
    }

    public static async Task TimeLimitAsync(X509Certificate2 certificate)
    {
        _ = certificate;
        using Ends ends = await Ends.PlainAsync(new PipeConnectionOptions { IdleTimeout = TimeSpan.FromMilliseconds(200) });

        await Expect.ThrowsAsync<TimeoutException>(() => ends.Client.Input.ReadAsync().AsTask());

        Expect.That(ends.Client.CloseReason == CloseReason.TimedOut, "the reason");
    }

    private static async Task EchoToTheEndAsync(PipeConnection connection)
    {
        await connection.Input.CopyToAsync(connection.Output);
        await connection.Output.CompleteAsync();
    }
}
