#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;

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
    [InlineData(CloseReason.Detached)]
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

    private static async Task EndAsync(PipeConnection connection, ScriptedStream stream, CloseReason reason)
    {
        if (reason == CloseReason.RemoteClose) stream.Eof();
        if (reason == CloseReason.ReadFault) stream.ReadError(new IOException("torn"));
        if (reason is CloseReason.RemoteClose or CloseReason.ReadFault) await Thrown.ByAsync(() => connection.Input.ReadAsync().Guarded());
        if (reason == CloseReason.Aborted) connection.Abort();
        if (reason == CloseReason.Detached) await connection.DetachAsync().Guarded();
        await connection.DisposeAsync().Guarded();
    }
}
#endif
