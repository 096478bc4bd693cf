using System.Buffers;
using System.Net.Security;
using System.Security.Authentication;
using TlsProxy;

namespace StreamPipes.Samples.Tests.TlsProxy;

/// <summary>The name out of the bytes, in whatever pieces those come.</summary>
public sealed class ClientHelloTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("alpha.example")]
    [InlineData("xn--bcher-kva.example")]
    [InlineData("UPPER.Example")]
    public void The_name_of_a_ClientHello_is_read_from_segments_and_records_of_every_size(string name)
    {
        byte[] message = Hello.Message(Hello.ServerName(name));
        for (int size = 1; size <= message.Length; size++)
        {
            NameOf(Hello.For(name), size).Should().Be(name, "segments are of {0} bytes", size);
            NameOf(Hello.Records(message, size), segmentSize: 7).Should().Be(name, "records are of {0} bytes", size);
        }
    }

    [Fact]
    public void A_ClientHello_that_is_not_whole_says_how_many_bytes_it_needs_and_is_whole_with_the_last_of_these()
    {
        byte[] bytes = Hello.Records(Hello.Message(Hello.ServerName("alpha.example")), 40);
        for (int count = 0; count < bytes.Length; count++)
        {
            ClientHello.TryReadServerName(new ReadOnlySequence<byte>(bytes, 0, count), out string? none, out int needed).Should().BeFalse("{0} bytes are there", count);
            none.Should().BeNull();
            needed.Should().BeInRange(count + 1, bytes.Length);
        }

        ClientHello.TryReadServerName(new ReadOnlySequence<byte>([.. bytes, 1, 2, 3]), out string? name, out int length).Should().BeTrue();
        name.Should().Be("alpha.example");
        length.Should().Be(bytes.Length);
    }

    [Fact]
    public void A_ClientHello_without_a_name_and_one_without_extensions_have_none()
    {
        NameOf(Hello.WithoutName()).Should().BeNull();
        NameOf(Hello.Record(Hello.MessageOf(Hello.Fields()))).Should().BeNull();
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task The_name_that_SslStream_asks_for_is_read(SslProtocols protocol)
    {
        using WriteRecorder recorder = new();
        await using SslStream client = new(recorder);
        await Thrown.SurelyByAsync(() => client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "alpha.example", EnabledSslProtocols = protocol }).Guarded());
        NameOf(recorder.Written).Should().Be("alpha.example");
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("\u0080\u002e\u0001\u0003\u0001")]
    [InlineData("\u0015\u0003\u0001\u0000\u0002\u0002\u0070")]
    [InlineData("\u0016\u0004\u0000\u0000\u0010")]
    [InlineData("\u0016\u0003\u0001\u0000\u0000")]
    public void What_does_not_begin_with_a_record_of_a_handshake_is_refused_at_its_fifth_byte(string text)
    {
        byte[] bytes = System.Text.Encoding.Latin1.GetBytes(text);
        ClientHello.TryReadServerName(new ReadOnlySequence<byte>(bytes, 0, 4), out _, out _).Should().BeFalse();
        Refused(bytes[..5]).Should().Be("The client does not speak TLS.");
    }

    [Fact]
    public void A_ClientHello_that_is_too_long_is_refused_when_it_says_so()
    {
        const string Refusal = "The ClientHello is longer than the 16384 bytes allowed.";
        Refused([22, 3, 1, 0x40, 0]).Should().Be(Refusal, "the record is too long");
        Refused(Hello.Record([1, 1, 0, 0])).Should().Be(Refusal, "the message is too long");
        byte[] large = Hello.Message(Hello.Extension(21, new byte[ClientHello.MaximumLength - 200]), Hello.ServerName("alpha.example"));
        NameOf(Hello.Record(large)).Should().Be("alpha.example");
        Refused(Hello.Records(large, 10)).Should().Be(Refusal, "its records are many");
    }

    [Fact]
    public void Another_message_than_a_ClientHello_is_refused() =>
        Refused(Hello.Record([2, 0, 0, 0])).Should().Be("The client begins with another message than a ClientHello.");

    [Fact]
    public void Two_names_are_refused_because_the_server_could_take_the_other_one()
    {
        Refused(Hello.Record(Hello.Message(Hello.ServerName("alpha.example"), Hello.ServerName("beta.example")))).Should().Be("The ClientHello has two server names.");
        byte[] entry = [0, .. Hello.Vector(2, "a"u8.ToArray())];
        Refused(Hello.Record(Hello.Message(Hello.ServerName(Hello.Vector(2, [.. entry, .. entry]))))).Should().Be("The ClientHello is malformed.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("alpha.example\0")]
    [InlineData("al pha.example")]
    [InlineData("älpha.example")]
    public void A_name_that_is_none_is_refused(string name) => Refused(Hello.For(name)).Should().Be("The ClientHello is malformed.");

    [Fact]
    public void A_ClientHello_whose_fields_reach_over_its_end_is_refused_wherever_it_is_cut()
    {
        byte[] body = Hello.Message(Hello.ServerName("alpha.example"))[4..];
        int withoutExtensions = Hello.Fields().Length;
        for (int length = 0; length < body.Length; length++)
        {
            byte[] cut = Hello.Record(Hello.MessageOf(body[..length]));
            if (length == withoutExtensions) NameOf(cut).Should().BeNull();
            else Refused(cut).Should().Be("The ClientHello is malformed.", "it is cut after {0} bytes", length);
        }
    }

    [Fact]
    public void Random_changes_of_a_ClientHello_give_a_name_or_a_refusal_and_nothing_else()
    {
        Random random = new(1);
        byte[] right = Hello.For("alpha.example");
        int names = 0;
        for (int i = 0; i < 50_000; i++)
        {
            byte[] bytes = [.. right];
            for (int change = random.Next(1, 4); change > 0; change--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                if (ClientHello.TryReadServerName(SegmentedBytes.Of(bytes, 1 + (i % 9)), out _, out int needed)) names++;
                else needed.Should().BeInRange(1, ClientHello.MaximumLength);
            }
            catch (InvalidDataException)
            {
                // A refusal.
            }
        }

        names.Should().BeGreaterThan(1000);
    }

    private static string? NameOf(byte[] bytes, int segmentSize = 64)
    {
        ClientHello.TryReadServerName(SegmentedBytes.Of(bytes, segmentSize), out string? name, out _).Should().BeTrue();
        return name;
    }

    private static string Refused(byte[] bytes) =>
        FluentActions.Invoking(() => ClientHello.TryReadServerName(new ReadOnlySequence<byte>(bytes), out _, out _)).Should().Throw<InvalidDataException>().Which.Message;

    /// <summary>Keeps what is written, and has nothing to read.</summary>
    private sealed class WriteRecorder : MemoryStream
    {
        private readonly MemoryStream _written = new();

        public byte[] Written => _written.ToArray();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => _written.WriteAsync(buffer, cancellationToken);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(0);
    }
}
