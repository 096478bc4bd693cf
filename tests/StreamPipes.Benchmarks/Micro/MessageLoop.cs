using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Benchmarks.Micro;

/// <summary>
/// Reading as the protocol reader of Bedrock has it, in our words: every message is an awaited call with a parser behind an interface, which tells what it has consumed and examined,
/// and is given back by a call of its own.
/// </summary>
internal sealed class MessageLoop(PipeReader input)
{
    private ReadOnlySequence<byte> _buffer;
    private SequencePosition _consumed;
    private SequencePosition _examined;
    private bool _hasMessage;

    public interface IMessageParser<TMessage>
    {
        bool TryParse(in ReadOnlySequence<byte> input, ref SequencePosition consumed, ref SequencePosition examined, out TMessage message);
    }

    public ValueTask<TMessage> ReadAsync<TMessage>(IMessageParser<TMessage> parser, CancellationToken cancellationToken = default)
    {
        if (_hasMessage) throw new InvalidOperationException("The last message was not advanced.");
        if (_buffer.Length > 0)
        {
            _consumed = _buffer.Start;
            _examined = _buffer.End;
            if (parser.TryParse(_buffer, ref _consumed, ref _examined, out TMessage message))
            {
                _hasMessage = true;
                return new ValueTask<TMessage>(message);
            }

            input.AdvanceTo(_buffer.Start, _buffer.End);
            _buffer = default;
        }

        return ReadMoreAsync(parser, cancellationToken);
    }

    public void Advance()
    {
        _hasMessage = false;
        _buffer = _buffer.Slice(_consumed);
        if (!_buffer.IsEmpty) return;
        input.AdvanceTo(_consumed, _consumed);
        _buffer = default;
    }

    private async ValueTask<TMessage> ReadMoreAsync<TMessage>(IMessageParser<TMessage> parser, CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            _buffer = result.Buffer;
            _consumed = _buffer.Start;
            _examined = _buffer.End;
            if (parser.TryParse(_buffer, ref _consumed, ref _examined, out TMessage message))
            {
                _hasMessage = true;
                return message;
            }

            if (result.IsCompleted) throw new EndOfStreamException();
            input.AdvanceTo(_consumed, _examined);
            _buffer = default;
        }
    }

    internal sealed class FrameParser : IMessageParser<ReadOnlySequence<byte>>
    {
        public bool TryParse(in ReadOnlySequence<byte> input, ref SequencePosition consumed, ref SequencePosition examined, out ReadOnlySequence<byte> message)
        {
            SequenceReader<byte> reader = new(input);
            message = default;
            if (!reader.TryReadBigEndian(out int length) || reader.Remaining < length) return false;
            message = input.Slice(reader.Position, length);
            consumed = message.End;
            examined = consumed;
            return true;
        }
    }
}
