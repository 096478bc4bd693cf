using System.Buffers;
using System.IO.Pipelines;
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
    private readonly AnswerQueue _answers;
    private readonly SemaphoreSlim _slots;
    private Hello? _hello;
    private bool _isOver;

    public AgentSession(PipeConnection connection, IMessageHandler handler, AgentOptions options, AgentCounters counters)
    {
        _connection = connection;
        _handler = handler;
        _options = options;
        _counters = counters;
        _frames = new FrameAssembler(options.MaxFragmentedSize) { MaxFrameSize = options.MaxFrameSize };
        _answers = new AnswerQueue(connection.Output);
        _slots = new SemaphoreSlim(options.MaxInWork);
    }

    /// <summary>Serves until either side disconnects.</summary>
    /// <param name="cancellationToken">For the handlers: the answers are not wanted any more.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        (SpopStatus Status, string Message) farewell = (SpopStatus.Normal, "normal");
        try
        {
            await ReadAsync(cancellationToken);
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
        WriteDisconnect(_connection.Output, farewell.Status, farewell.Message);
        await _connection.Output.FlushAsync(CancellationToken.None);
    }

    /// <summary>Ends the session at its next wait; may be called from any thread.</summary>
    public void Stop() => _connection.Input.CancelPendingRead();

    public void Abort() => _connection.Abort();

    public void Dispose() => _slots.Dispose();

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        PipeReader input = _connection.Input;
        while (!_isOver)
        {
            ReadResult result = await input.ReadAsync(CancellationToken.None);
            if (result.IsCanceled) return;
            ReadOnlySequence<byte> buffer = result.Buffer;
            while (!_isOver && _frames.TryRead(ref buffer, out Frame frame))
            {
                if (_hello is null) await GreetAsync(frame);
                else if (frame.Type == FrameType.Notify) await BeginAsync(frame, cancellationToken);
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

        // There can be no answers before this, so that the queue of them is not writing.
        _hello.WriteAnswer(_connection.Output);
        await _connection.Output.FlushAsync(CancellationToken.None);
    }

    /// <summary>Starts the work on a NOTIFY, as soon as there is room for it. Its answer is sent when it is done; meanwhile the connection is read on.</summary>
    private async ValueTask BeginAsync(Frame frame, CancellationToken cancellationToken)
    {
        if (frame.IsAborted) return;
        if (frame.IsTooLarge)
        {
            // Stops HAProxy, which has more of it to send.
            _options.Report(FormattableString.Invariant($"a payload of more than {_options.MaxFragmentedSize} bytes is refused"));
            _answers.Add(frame, FrameFlags.Final | FrameFlags.Abort, actions: null);
            return;
        }

        await _slots.WaitAsync(CancellationToken.None);
        _counters.CountNotify(_options.MaxInWork - _slots.CurrentCount);
        ValueTask<ActionList> work;
        try
        {
            work = _handler.HandleAsync(new MessageReader(frame.Payload), cancellationToken);
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

        _answers.Add(frame, FrameFlags.Final, actions);
        _slots.Release();
    }

    /// <summary>Waits until what is in work has been answered, and the answers are sent.</summary>
    private async Task FinishAsync()
    {
        for (int i = 0; i < _options.MaxInWork; i++) await _slots.WaitAsync(CancellationToken.None);
        _answers.Complete();
        await _answers.Sending;
        _counters.CountFragments(_frames.FragmentCount);
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
