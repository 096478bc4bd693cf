using System.Diagnostics;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Reflection;

namespace StreamPipes.Tests.Diagnostics;

/// <summary>What a connection says of itself in a log or a debugger.</summary>
public sealed class DescriptionTests
{
    [Fact]
    public async Task A_connection_says_what_it_has_and_what_it_waits_for()
    {
        ScriptedStream stream = new ScriptedStream().Read(new byte[50]).Hold(StreamOperation.Write);
        PipeConnection connection = StreamConnection.Create(stream);
        ReadResult result = await connection.Input.ReadAtLeastAsync(50).Guarded();
        connection.Input.AdvanceTo(result.Buffer.GetPosition(20), result.Buffer.End);
        ValueTask<ReadResult> read = connection.Input.ReadAsync();
        connection.Output.Put(new byte[7]);

        connection.ToString().Should().Be("ScriptedStream: open; received 50 bytes, 30 unread; sent 0 bytes, 7 unsent; a read waits");

        connection.Abort(new InvalidDataException("no such command"));
        (await Thrown.ByAsync(() => read.Guarded())).Should().BeOfType<InvalidDataException>();
        await connection.DisposeAsync().Guarded();
        connection.ToString().Should().Be("ScriptedStream: ended, Aborted (InvalidDataException: no such command); received 50 bytes, 30 unread; sent 0 bytes, 7 unsent");
    }

    [Fact]
    public async Task A_connection_over_a_pipe_or_a_replayed_stream_names_what_is_under_it()
    {
        (IDuplexPipe near, _) = DuplexPipe.CreatePair();
        await using PipeConnection overPipe = StreamConnection.Create(near.AsStream());
        overPipe.ToString().Should().StartWith(near.AsStream(leaveOpen: true) + ": open");

        await using PipeConnection first = StreamConnection.Create(new ScriptedStream().Read("unread"));
        ReadResult unread = await first.Input.ReadAtLeastAsync(6).Guarded();
        first.Input.AdvanceTo(unread.Buffer.Start);
        DetachedStream detached = await first.DetachAsync().Guarded();
        detached.UnreadBytes.Should().Be(6);
        await using PipeConnection second = StreamConnection.Create(detached.Stream);
        second.ToString().Should().StartWith("ScriptedStream: open");
        overPipe.Abort();
        second.Abort();
    }

    [Fact]
    public async Task The_description_of_a_connection_tells_of_a_flush_that_waits()
    {
        ScriptedStream stream = new ScriptedStream().Hold(StreamOperation.Write);
        PipeConnection connection = StreamConnection.Create(stream, new PipeConnectionOptions { FlushThrough = true });
        ValueTask<FlushResult> flush = connection.Output.WriteAsync(new byte[3]);

        connection.ToString().Should().EndWith("sent 0 bytes, 3 unsent; a flush waits");

        stream.Release(StreamOperation.Write);
        await flush.Guarded();
        connection.Abort();
    }

    [Fact]
    public async Task A_half_closed_connection_says_which_half()
    {
        PipeConnection connection = StreamConnection.Create(new ScriptedStream());
        await connection.Output.CompleteAsync().Guarded();
        connection.ToString().Should().StartWith("ScriptedStream: open, Output completed;");
        connection.Abort();

        ScriptedStream ended = new ScriptedStream().Eof();
        PipeConnection left = StreamConnection.Create(ended);
        await left.Input.ShouldEndAsync();
        left.ToString().Should().StartWith("ScriptedStream: open, the peer has closed its side;");
        left.Abort();
    }

    [Fact]
    public async Task The_ends_and_the_stream_of_a_connection_describe_themselves_by_it()
    {
        PipeConnection connection = StreamConnection.Create(new ScriptedStream());

        connection.Input.ToString().Should().Be($"Input of {connection}");
        connection.Output.ToString().Should().Be($"Output of {connection}");
        connection.AsStream().ToString().Should().Be($"Stream over {connection}");

        connection.Abort();
        await connection.DisposeAsync().Guarded();
    }

    [Fact]
    public async Task The_description_of_a_connection_names_the_streams_under_it()
    {
        await using StreamPair tcp = await StreamPairs.TcpAsync();
        await using StreamPair tls = await StreamPairs.TlsAsync();
        (await DescribeAsync(StreamConnection.Create(tcp.Client))).Should().MatchRegex(@"^NetworkStream \S+:\d+ to \S+:\d+: open");
        (await DescribeAsync(StreamConnection.Create(tls.Client))).Should().MatchRegex(@"^SslStream \(Tls1[23]\) over NetworkStream \S+:\d+ to \S+:\d+: open");
        using MemoryStream compressed = new();
        (await DescribeAsync(StreamConnection.Create(new MemoryStream(), new GZipStream(compressed, CompressionMode.Compress)))).Should().StartWith("MemoryStream in, GZipStream out: ");
    }

    [Fact]
    public async Task A_Unix_domain_socket_without_an_address_is_unnamed()
    {
        (Socket client, Socket server) = await SocketPair.UnixAsync();
        string path = server.LocalEndPoint!.ToString()!;
        PipeConnection near = SocketConnection.Create(client);
        PipeConnection far = SocketConnection.Create(server);

        near.ToString().Should().Contain($"Socket unnamed to {path}: open".Replace("Socket", LibraryBuild.IsNetStandard ? "NetworkStream" : "Socket", StringComparison.Ordinal));
        far.ToString().Should().Contain($" {path} to unnamed: open");

        near.Abort();
        far.Abort();
    }

    [Fact]
    public async Task A_connection_keeps_its_addresses_when_its_socket_is_gone()
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        PipeConnection connection = SocketConnection.Create(client);
        string socket = $"{(LibraryBuild.IsNetStandard ? "NetworkStream" : "Socket")} {client.LocalEndPoint} to {client.RemoteEndPoint}";
        connection.ToString().Should().StartWith($"{socket}: open");
        server.Dispose();
        await connection.DisposeAsync().Guarded();

        connection.ToString().Should().StartWith($"{socket}: ended, ");
    }

    [Fact]
    public async Task A_TLS_stream_that_is_gone_has_no_protocol_but_its_addresses_and_is_no_error()
    {
        await using StreamPair pair = await StreamPairs.TlsAsync();
        PipeConnection connection = StreamConnection.Create(pair.Client);
        connection.Abort();
        await connection.DisposeAsync().Guarded();

        connection.ToString().Should().StartWith($"SslStream over NetworkStream {connection.LocalEndPoint} to {connection.RemoteEndPoint}: ended, Aborted");
        connection.Input.ToString().Should().Be($"Input of {connection}");
        connection.Output.ToString().Should().Be($"Output of {connection}");
        connection.AsStream(leaveOpen: true).ToString().Should().Be($"Stream over {connection}");
    }

    [Fact]
    public async Task A_pipe_that_cannot_be_described_is_no_error()
    {
        (IDuplexPipe near, _) = DuplexPipe.CreatePair();
        PipeConnection connection = StreamConnection.Create(new SilentPipe(near).AsStream());

        connection.ToString().Should().StartWith("Stream over a pipe: open");

        connection.Abort();
        await connection.DisposeAsync().Guarded();
    }

    [Fact]
    public void A_debugger_shows_the_description_of_a_connection() =>
        typeof(PipeConnection).GetCustomAttribute<DebuggerDisplayAttribute>()!.Value.Should().Be("{ToString(),nq}");

    private static async Task<string> DescribeAsync(PipeConnection connection)
    {
        string text = connection.ToString();
        connection.Abort();
        await connection.DisposeAsync().Guarded();
        return text;
    }

    private sealed class SilentPipe(IDuplexPipe pipe) : IDuplexPipe
    {
        public PipeReader Input => pipe.Input;

        public PipeWriter Output => pipe.Output;

        public override string ToString() => throw new InvalidOperationException("not now");
    }
}
