#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;
using System.Security.Authentication;

namespace StreamPipes.Tests.Hostile;

/// <summary>A peer that sends anything but TLS.</summary>
public sealed class GarbageTests
{
    private static readonly int Rounds = LongRun.IsOn ? 5000 : 150;

    public static MatrixTheoryData<bool, string> Beginnings => new([true, false], ["nothing known", "a handshake record", "a hello", "an alert", "an old hello"]);

    [Theory]
    [MemberData(nameof(Beginnings))]
    public Task Random_bytes_end_the_handshake_with_an_error(bool isClient, string beginning) => LongRun.RepeatAsync(Rounds, async seed =>
    {
        Random random = Payload.NewRandom(seed);
        byte[] bytes = [.. BeginningOf(beginning, random), .. Payload.Seeded(random.Next(1, 20_000), seed)];

        Exception error = await HandshakeAsync(isClient, bytes);

        error.Should().Match(thrown => thrown is AuthenticationException || thrown is IOException, "seed {0}", seed);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_end_before_the_first_byte_of_a_handshake_is_an_error(bool isClient) => (await HandshakeAsync(isClient, [])).Should().BeAssignableTo<IOException>();

    /// <summary>Bytes that get deeper into the parsers than the first look at a header.</summary>
    private static byte[] BeginningOf(string beginning, Random random) => beginning switch
    {
        "a handshake record" => [0x16, 3, 1, (byte)random.Next(0x41), (byte)random.Next(256)],
        "a hello" => [0x16, 3, 1, 2, 0, (byte)random.Next(1, 3), 0, 1, 0xFC, 3, 3],
        "an alert" => [0x15, 3, 3, 0, 2, (byte)random.Next(1, 3), (byte)random.Next(256)],
        "an old hello" => [0x80, 0x2E, 1, 0, 2],
        _ => [],
    };

    private static async Task<Exception> HandshakeAsync(bool isClient, byte[] bytes)
    {
        (IDuplexPipe near, IDuplexPipe far) = DuplexPipe.CreatePair();
        Task<PipeConnection> handshake = isClient
            ? TlsConnection.AuthenticateAsClientAsync(near, TestCertificates.ClientOptions())
            : TlsConnection.AuthenticateAsServerAsync(near, TestCertificates.ServerOptions());
        Task draining = far.Input.CopyToAsync(Stream.Null);
        await far.Output.WriteAsync(bytes).Guarded();
        await far.Output.CompleteAsync().Guarded();

        Exception error = (await Thrown.ByAsync(() => handshake.Guarded()))!;

        // The transport is let go, so that the peer sees an end, of whichever kind.
        await Thrown.ByAsync(() => draining.Guarded());
        draining.IsCompleted.Should().BeTrue();
        return error;
    }
}
#endif
