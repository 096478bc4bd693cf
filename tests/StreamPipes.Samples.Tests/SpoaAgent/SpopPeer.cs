using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using SpoaAgent;

namespace StreamPipes.Samples.Tests.SpoaAgent;

/// <summary>HAProxy's side of a connection, in memory, and a session of the agent on the other.</summary>
internal sealed class SpopPeer : IAsyncDisposable
{
    private readonly IDuplexPipe _pipe;
    private readonly PipeConnection _connection;
    private readonly AgentSession _session;
    private readonly FrameAssembler _frames = new(1024 * 1024);
    private readonly List<string> _reports = [];
    private readonly CancellationTokenSource _stopping = new();

    /// <param name="readSize">How many bytes the agent gets per read.</param>
    /// <param name="handler">What the agent knows.</param>
    /// <param name="configure">Options other than usual.</param>
    public SpopPeer(int readSize = int.MaxValue, IMessageHandler? handler = null, Func<AgentOptions, AgentOptions>? configure = null)
    {
        (_pipe, IDuplexPipe agentEnd) = DuplexPipe.CreatePair();
        _connection = StreamConnection.Create(new ChunkingStream(agentEnd.AsStream(), readSize));
        AgentOptions options = new() { Report = _reports.Add };
        _session = new AgentSession(_connection, handler ?? new GatedHandler(), configure?.Invoke(options) ?? options, Counters);
        Running = _session.RunAsync(_stopping.Token);
    }

    public AgentCounters Counters { get; } = new();

    public Task Running { get; }

    public IReadOnlyList<string> Reports => _reports;

    /// <summary>Stops the agent's side.</summary>
    public Task StopAsync() => _stopping.CancelAsync();

    public async Task SendAsync(params byte[][] frames)
    {
        foreach (byte[] frame in frames) await _pipe.Output.WriteAsync(frame).Guarded();
    }

    public Task NotifyAsync(ulong streamId, ulong frameId, string key) =>
        SendAsync(Wire.Notify(streamId, frameId, Wire.Message("m", "key", payload => payload.WriteValue(key))));

    public void End() => _pipe.Output.Complete();

    /// <summary>Says HELLO and takes the answer.</summary>
    public async Task GreetAsync()
    {
        await SendAsync(Wire.Hello());
        (await ReadAsync()).Should().StartWith("AgentHello");
    }

    /// <summary>Reads a frame, as text.</summary>
    public async Task<string> ReadAsync()
    {
        while (true)
        {
            ReadResult result = await _pipe.Input.ReadAsync().Guarded();
            ReadOnlySequence<byte> buffer = result.Buffer;
            bool isWhole = _frames.TryRead(ref buffer, out Frame frame);
            string text = isWhole ? Print(frame) : "the end";
            if (isWhole) _pipe.Input.AdvanceTo(buffer.Start);
            else _pipe.Input.AdvanceTo(buffer.Start, buffer.End);
            if (isWhole || result.IsCompleted) return text;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _pipe.Output.CompleteAsync();
        await _pipe.Input.CompleteAsync();
        _connection.Abort();
        await Running.ContinueWith(_ => { }, TaskScheduler.Default).Guarded();
        _session.Dispose();
        _stopping.Dispose();
    }

    private static string Print(in Frame frame)
    {
        StringBuilder text = new(FormattableString.Invariant($"{frame.Type} {frame.StreamId}/{frame.FrameId}"));
        if (frame.IsAborted) text.Append(" abort");
        PayloadReader reader = new(frame.Payload);
        while (!reader.IsAtEnd)
        {
            if (frame.Type == FrameType.Ack) text.Append(null, $" action {reader.ReadByte()} with {reader.ReadByte()} arguments in scope {reader.ReadByte()}");
            text.Append(null, $" {Encoding.UTF8.GetString(reader.ReadName())}=");
            SpopValue value = reader.ReadValue();
            text.Append(value.IsInteger ? FormattableString.Invariant($"{value.Number}") : value.ToText());
        }

        return text.ToString();
    }
}
