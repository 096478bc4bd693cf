#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;
using System.Net.Sockets;

namespace StreamPipes.Tests.Diagnostics;

/// <summary>What the meter counts. It is the whole process's, so that these tests run alone.</summary>
[Collection(nameof(RunsAlone))]
public sealed class MeterTests : IDisposable
{
    private readonly MeterReading _meter = new();

    public void Dispose() => _meter.Dispose();

    [Fact]
    public void Every_instrument_has_its_unit() => _meter.Units.Should().BeEquivalentTo(new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["streampipes.bytes.received"] = "By",
        ["streampipes.bytes.sent"] = "By",
        ["streampipes.flushes"] = "{flush}",
        ["streampipes.batches"] = "{batch}",
        ["streampipes.batches.lent"] = "{batch}",
        ["streampipes.connections.ended"] = "{connection}",
        ["streampipes.connections.open"] = "{connection}",
    });

    [Fact]
    public async Task Bytes_flushes_and_batches_are_counted()
    {
        ScriptedStream stream = new ScriptedStream().Read(new byte[300]).Read(new byte[40]).Eof();
        PipeConnection connection = StreamConnection.Create(stream, new PipeConnectionOptions { SendPipeOptions = new PipeOptions(readerScheduler: PipeScheduler.Inline) });
        await connection.Output.WriteAsync(new byte[10]).Guarded();
        connection.Output.Put(new byte[20]);
        await connection.Output.FlushAsync().Guarded();
        (await connection.Input.TakeAllAsync()).Should().HaveCount(340);
        await connection.DisposeAsync().Guarded();

        _meter["streampipes.bytes.received"].Should().Be(340);
        _meter["streampipes.bytes.sent"].Should().Be(30);
        _meter["streampipes.flushes"].Should().Be(2);
        _meter["streampipes.batches"].Should().Be(2, "where the pump runs inline, a flush is a batch");
    }

    [Fact]
    public async Task Flushes_that_are_joined_are_fewer_batches()
    {
        ManualPipeScheduler scheduler = new();
        ScriptedStream stream = new ScriptedStream().Eof();
        PipeConnection connection = StreamConnection.Create(stream, new PipeConnectionOptions { SendPipeOptions = new PipeOptions(readerScheduler: scheduler) });
        for (int i = 0; i < 100; i++) await connection.Output.WriteAsync(new byte[10]).Guarded();
        scheduler.RunAll();

        _meter["streampipes.flushes"].Should().Be(100);
        _meter["streampipes.batches"].Should().Be(1);
        connection.Abort();
        scheduler.RunAll();
        await connection.DisposeAsync().Guarded();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_batch_that_a_caller_writes_itself_is_told_from_the_pools(bool isWhole) => Task.Run(() =>
    {
        const int Write = 4096;
        using HeldPool pool = new();
        TransportDouble transport = new(new ScriptedStream()) { LendsThreads = true };
        PipeConnection connection = PipeConnection.Over(transport, new PipeConnectionOptions { MaximumWriteSize = Write });

        connection.Output.WriteAsync(new byte[isWhole ? Write : 1]).AsTask().IsCompletedSuccessfully.Should().BeTrue();
        pool.RunAll();

        _meter["streampipes.batches"].Should().Be(1);
        _meter["streampipes.batches.lent"].Should().Be(isWhole ? 1 : 0);
        connection.Abort();
    });

    [Fact]
    public async Task A_connection_is_open_until_it_has_ended_whoever_listens()
    {
        long before = _meter.Observe("streampipes.connections.open");
        PipeConnection connection = StreamConnection.Create(new ScriptedStream().Eof());
        _meter.Observe("streampipes.connections.open").Should().Be(before + 1);

        await connection.DisposeAsync().Guarded();

        _meter.Observe("streampipes.connections.open").Should().Be(before);
    }

    [Theory]
    [InlineData(CloseReason.LocalClose)]
    [InlineData(CloseReason.RemoteClose)]
    [InlineData(CloseReason.Aborted)]
    [InlineData(CloseReason.ReadFault)]
    public async Task The_reason_a_connection_ended_for_is_a_tag(CloseReason reason)
    {
        ScriptedStream stream = new();
        PipeConnection connection = StreamConnection.Create(stream);
        await EndAsync(connection, stream, reason);
        await Thrown.ByAsync(() => connection.Completion.Guarded());

        connection.CloseReason.Should().Be(reason);
        _meter[$"streampipes.connections.ended streampipes.close_reason={reason}"].Should().Be(1);
    }

    [Fact]
    public async Task A_connection_that_is_detached_is_open_no_more_and_has_not_ended()
    {
        long before = _meter.Observe("streampipes.connections.open");
        PipeConnection connection = StreamConnection.Create(new ScriptedStream());

        DetachedStream detached = await connection.DetachAsync().Guarded();

        connection.CloseReason.Should().Be(CloseReason.Detached);
        _meter.Observe("streampipes.connections.open").Should().Be(before);
        EndedByReason().Should().BeEmpty();
        await detached.Stream.DisposeAsync().Guarded();
    }

    [Fact]
    public async Task A_connection_that_is_detached_and_put_under_pipes_again_ends_once_for_its_last_reason()
    {
        ScriptedStream stream = new();
        DetachedStream detached = await StreamConnection.Create(stream).DetachAsync().Guarded();
        PipeConnection again = StreamConnection.Create(detached.Stream);
        long open = _meter.Observe("streampipes.connections.open");

        again.Abort();
        await again.DisposeAsync().Guarded();

        EndedByReason().Should().Equal("Aborted 1");
        _meter.Observe("streampipes.connections.open").Should().Be(open - 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TLS_over_a_connection_ends_once_for_its_own_reason(bool isHandedOver)
    {
        (Socket near, Socket far) = await SocketPair.TcpAsync();
        long before = _meter.Observe("streampipes.connections.open");
        Task<PipeConnection> accepting = SecureAsync(SocketConnection.Create(far), transport => TlsConnection.AuthenticateAsServerAsync(transport, TestCertificates.ServerOptions()), isHandedOver);
        PipeConnection client = await SecureAsync(SocketConnection.Create(near), transport => TlsConnection.AuthenticateAsClientAsync(transport, TestCertificates.ClientOptions()), isHandedOver).Guarded();
        PipeConnection server = await accepting.Guarded();
        _meter.Observe("streampipes.connections.open").Should().Be(before + 2);

        client.Abort();
        await client.DisposeAsync().Guarded();
        await Thrown.ByAsync(() => server.Input.ReadAsync().Guarded());
        await server.DisposeAsync().Guarded();

        EndedByReason().Should().BeEquivalentTo("Aborted 1", "ReadFault 1");
        _meter.Observe("streampipes.connections.open").Should().Be(before);
    }

    [Fact]
    public async Task A_detach_that_fails_ends_a_connection_once()
    {
        long before = _meter.Observe("streampipes.connections.open");
        TransportDouble transport = new(new ScriptedStream()) { DetachError = new IOException("it will not part") };
        PipeConnection connection = PipeConnection.Over(transport, PipeConnectionOptions.Default);

        await Thrown.ByAsync(() => connection.DetachAsync().Guarded());
        await connection.DisposeAsync().Guarded();

        _meter.Observe("streampipes.connections.open").Should().Be(before);
        _meter["streampipes.connections.ended streampipes.close_reason=Aborted"].Should().Be(1);
        _meter["streampipes.connections.ended streampipes.close_reason=Detached"].Should().Be(0);
    }

    /// <summary>Hands the connection to TLS, or detaches it first as a protocol with STARTTLS does.</summary>
    private static async Task<PipeConnection> SecureAsync(PipeConnection transport, Func<IDuplexPipe, Task<PipeConnection>> secure, bool isHandedOver) =>
        await secure(isHandedOver ? transport : StreamConnection.Create((await transport.DetachAsync()).Stream));

    private static async Task EndAsync(PipeConnection connection, ScriptedStream stream, CloseReason reason)
    {
        if (reason == CloseReason.RemoteClose) stream.Eof();
        if (reason == CloseReason.ReadFault) stream.ReadError(new IOException("torn"));
        if (reason is CloseReason.RemoteClose or CloseReason.ReadFault) await Thrown.ByAsync(() => connection.Input.ReadAsync().Guarded());
        if (reason == CloseReason.Aborted) connection.Abort();
        await connection.DisposeAsync().Guarded();
    }

    private string[] EndedByReason() =>
    [
        .. from reason in Enum.GetNames<CloseReason>()
           let count = _meter[$"streampipes.connections.ended streampipes.close_reason={reason}"]
           where count != 0
           select $"{reason} {count}",
    ];
}
#endif
