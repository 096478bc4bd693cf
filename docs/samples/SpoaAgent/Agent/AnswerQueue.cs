using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Channels;

namespace SpoaAgent;

/// <summary>
/// Answers come from many handlers at once, in any order; one loop writes them, since a pipe has one writer. All that are ready go out with one flush.
/// </summary>
internal sealed class AnswerQueue
{
    private readonly PipeWriter _output;
    private readonly Channel<Answer> _answers = Channel.CreateUnbounded<Answer>(new UnboundedChannelOptions { SingleReader = true });

    public AnswerQueue(PipeWriter output)
    {
        _output = output;
        Sending = SendAsync();
    }

    /// <summary>Ends when everything was flushed after <see cref="Complete"/>, or the connection has failed; it never throws.</summary>
    public Task Sending { get; }

    public void Add(in Frame frame, FrameFlags flags, ActionList? actions) => _answers.Writer.TryWrite(new Answer(frame.StreamId, frame.FrameId, flags, actions));

    /// <summary>No more answers will come.</summary>
    public void Complete() => _answers.Writer.TryComplete();

    private async Task SendAsync()
    {
        try
        {
            while (await _answers.Reader.WaitToReadAsync())
            {
                while (_answers.Reader.TryRead(out Answer answer)) answer.WriteTo(_output);
                if ((await _output.FlushAsync()).IsCompleted) return;
            }
        }
        catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException or TimeoutException or InvalidOperationException)
        {
            // The connection has failed: the session, which reads it, meets the same and ends. Nobody waits for these answers any more.
        }
    }

    private readonly record struct Answer(ulong StreamId, ulong FrameId, FrameFlags Flags, ActionList? Actions)
    {
        public void WriteTo(IBufferWriter<byte> output) =>
            FrameHeader.Write(output, FrameType.Ack, Flags, StreamId, FrameId, Actions is null ? default : Actions.Payload);
    }
}
