using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using StreamPipes;

namespace SpoaAgent;

/// <summary>One connection of HAProxy, from its HELLO to its DISCONNECT.</summary>
internal sealed class AgentSession : IDisposable
{
    private readonly PipeConnection _connection;
    private readonly IMessageHandler _handler;
    private readonly AgentOptions _options;
    private readonly AgentCounters _counters;
    private readonly FrameAssembler _frames;
    private readonly SharedPipeWriter _output;
    private readonly SemaphoreSlim _slots;
    private readonly CancellationTokenSource _abandoning = new();
    private Hello? _hello;
    private bool _isOver;

    public AgentSession(PipeConnection connection, IMessageHandler handler, AgentOptions options, AgentCounters counters)
    {
        _connection = connection;
        _handler = handler;
        _options = options;
        _counters = counters;
        _frames = new FrameAssembler(options.MaxFragmentedSize) { MaxFrameSize = options.MaxFrameSize };
        _output = new SharedPipeWriter(connection.Output);
        _slots = new SemaphoreSlim(options.MaxInWork);
    }

    /// <summary>Serves until either side disconnects, or the agent stops.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        (SpopStatus Status, string Message) farewell = (SpopStatus.Normal, "normal");
        try
        {
            await ReadAsync(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The agent stops. What is in work is still answered.
        }
        catch (SpopException exception)
        {
            farewell = (exception.Status, exception.Message);
            _options.Report($"HAProxy is disconnected: {exception.Message}");
        }
        finally
        {
            await FinishAsync();
        }

        if (_hello is { IsHealthCheck: true }) return;
        await SendAsync(output => WriteDisconnect(output, farewell.Status, farewell.Message));
    }

    public void Dispose()
    {
        _slots.Dispose();
        _abandoning.Dispose();
    }

    private async Task ReadAsync(CancellationToken stopping)
    {
        PipeReader input = _connection.Input;
        while (!_isOver)
        {
            ReadResult result = await input.ReadAsync(stopping);
            ReadOnlySequence<byte> buffer = result.Buffer;
            while (!_isOver && _frames.TryRead(ref buffer, out Frame frame))
            {
                if (_hello is null) await GreetAsync(frame);
                else if (frame.Type == FrameType.Notify) await BeginAsync(frame);
                else if (frame.Type == FrameType.HaproxyDisconnect) _isOver = true;

                // Frames of other types are skipped, as the protocol has it.
            }

            input.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted) return;
        }
    }

    private async Task GreetAsync(Frame frame)
    {
        _hello = Hello.Read(frame, _options.MaxFrameSize);
        _frames.MaxFrameSize = _hello.MaxFrameSize;
        _isOver = _hello.IsHealthCheck;
        if (_hello.IsHealthCheck) _counters.CountHealthCheck();
        else _counters.CountConnection();
        await SendAsync(_hello.WriteAnswer);
    }

    /// <summary>Starts the work on a NOTIFY, as soon as there is room for it. Its answer is sent when it is done; meanwhile the connection is read on.</summary>
    private async ValueTask BeginAsync(Frame frame)
    {
        if (frame.IsAborted) return;
        if (frame.IsTooLarge)
        {
            // Stops HAProxy, which has more of it to send.
            _options.Report(FormattableString.Invariant($"a payload of more than {_options.MaxFragmentedSize} bytes is refused"));
            await SendAckAsync(frame, FrameFlags.Final | FrameFlags.Abort, actions: null);
            return;
        }

        await _slots.WaitAsync(CancellationToken.None);
        _counters.CountNotify(_options.MaxInWork - _slots.CurrentCount);
        ValueTask<ActionList> work;
        try
        {
            work = _handler.HandleAsync(new MessageReader(frame.Payload), _abandoning.Token);
        }
        catch
        {
            _slots.Release();
            throw;
        }

        _ = AnswerAsync(frame with { Payload = default }, work);
    }

    private async Task AnswerAsync(Frame frame, ValueTask<ActionList> work)
    {
        ActionList? actions = null;
        try
        {
            ActionList result = await work;
            bool fits = FrameHeader.SizeOf(frame.StreamId, frame.FrameId, result.Payload.Length) <= _frames.MaxFrameSize;
            actions = fits ? result : throw new InvalidOperationException("the answer does not fit into a frame");
        }
        catch (Exception exception)
        {
            // A message that cannot be answered must not cost the others their connection. An ACK without actions lets the request go on.
            _options.Report($"a message was not handled: {exception.Message}");
        }

        try
        {
            await SendAckAsync(frame, FrameFlags.Final, actions);
        }
        catch (Exception exception) when (exception is IOException or SocketException or TimeoutException or InvalidOperationException)
        {
            // The connection has failed: the loop that reads it meets the same and ends.
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>Waits until what is in work has been answered, and the answers are sent.</summary>
    private async Task FinishAsync()
    {
        Task answered = TakeAllSlotsAsync();

        // Of a connection that has failed, or was cut off at a stop, the answers are not wanted any more.
        if (await Task.WhenAny(answered, _connection.Completion) != answered) await _abandoning.CancelAsync();
        await answered;
        _counters.CountFragments(_frames.FragmentCount);
    }

    private async Task TakeAllSlotsAsync()
    {
        for (int i = 0; i < _options.MaxInWork; i++) await _slots.WaitAsync(CancellationToken.None);
    }

    private ValueTask<FlushResult> SendAckAsync(Frame frame, FrameFlags flags, ActionList? actions) =>
        SendAsync(output => FrameHeader.Write(output, FrameType.Ack, flags, frame.StreamId, frame.FrameId, actions is null ? default : actions.Payload));

    /// <summary>Sends a frame. Answers come from many handlers at once, in any order: those that come together share a flush.</summary>
    private ValueTask<FlushResult> SendAsync(Action<IBufferWriter<byte>> write)
    {
        ArrayBufferWriter<byte> frame = new();
        write(frame);
        return _output.WriteAsync(frame.WrittenMemory);
    }

    private static void WriteDisconnect(IBufferWriter<byte> output, SpopStatus status, string message)
    {
        ArrayBufferWriter<byte> payload = new();
        payload.WriteName("status-code");
        payload.WriteValue((uint)status);
        payload.WriteName("message");
        payload.WriteValue(message);
        FrameHeader.Write(output, FrameType.AgentDisconnect, FrameFlags.Final, 0, 0, payload.WrittenSpan);
    }
}
