using System.IO.Pipes;
using System.Net.Security;

namespace StreamPipes.Tests.Lifetime;

/// <summary>Streams that cannot do what is asked are refused, with a message that names what to use instead.</summary>
public sealed class RefusalTests
{
    [Fact]
    public void A_stream_that_can_be_sought_cannot_be_duplex() => Refused(() => StreamConnection.Create(new MemoryStream()), "stream")
        .Should().Contain("MemoryStream").And.Contain("CreateReader").And.Contain("CreateWriter");

    [Fact]
    public void A_BufferedStream_cannot_be_duplex()
    {
        using ScriptedStream inner = new();
        Refused(() => StreamConnection.Create(new BufferedStream(inner)), "stream").Should().Contain("BufferedStream").And.Contain("the stream under it");
    }

    [Fact]
    public void One_way_streams_cannot_be_duplex()
    {
        using AnonymousPipeServerStream input = new(PipeDirection.In);
        using AnonymousPipeServerStream output = new(PipeDirection.Out);

        Refused(() => StreamConnection.Create(input), "stream").Should().Contain("CreateReader").And.Contain("Create(input, output)");
        Refused(() => StreamConnection.Create(output), "stream").Should().Contain("CreateWriter").And.Contain("Create(input, output)");
        Refused(() => StreamConnection.Create(output, input), "input").Should().Contain("cannot be read");
        Refused(() => StreamConnection.Create(input, input), "output").Should().Contain("cannot be written");
        Refused(() => StreamConnection.CreateReader(output), "stream").Should().Contain("cannot be read");
        Refused(() => StreamConnection.CreateWriter(input), "stream").Should().Contain("cannot be written");
    }

    [Fact]
    public void An_SslStream_has_to_be_authenticated_first()
    {
        using ScriptedStream inner = new();
        using SslStream tls = new(inner);

        Refused(() => StreamConnection.Create(tls), "stream").Should().Contain("authenticate");
        Refused(() => StreamConnection.CreateReader(tls), "stream").Should().Contain("authenticated");
        Refused(() => StreamConnection.CreateWriter(tls), "stream").Should().Contain("authenticated");
    }

    [Fact]
    public void A_refused_stream_is_not_touched()
    {
        MemoryStream stream = new();

        Refused(() => StreamConnection.Create(stream), "stream");

        stream.CanRead.Should().BeTrue();
    }

    [Fact]
    public void A_missing_stream_is_refused_by_name()
    {
        using MemoryStream stream = new();

        Assert.Throws<ArgumentNullException>("stream", () => StreamConnection.Create(null!));
        Assert.Throws<ArgumentNullException>("input", () => StreamConnection.Create(null!, stream));
        Assert.Throws<ArgumentNullException>("output", () => StreamConnection.Create(stream, (Stream)null!));
        Assert.Throws<ArgumentNullException>("stream", () => StreamConnection.CreateReader(null!));
        Assert.Throws<ArgumentNullException>("stream", () => StreamConnection.CreateWriter(null!));
        Assert.Throws<ArgumentNullException>("pipe", () => DuplexPipe.AsStream(null!));
    }

    private static string Refused(Func<object> create, string parameter) => Assert.Throws<ArgumentException>(parameter, create).Message;
}
