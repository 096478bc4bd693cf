using System.Buffers;

namespace SpoaAgent;

/// <summary>
/// Goes through the messages of a NOTIFY, and the arguments of each, without a copy: names and values are parts of the buffer that was received.
/// Being a ref struct it cannot outlive the call it was given to, and neither should they.
/// </summary>
internal ref struct MessageReader(ReadOnlySequence<byte> payload)
{
    private PayloadReader _reader = new(payload);
    private int _argumentsLeft;

    /// <summary>The name of the message.</summary>
    public ReadOnlySequence<byte> Name { get; private set; }

    /// <summary>Goes to the next message, past the arguments of this one.</summary>
    /// <exception cref="SpopException">The payload is no list of messages.</exception>
    public bool TryRead()
    {
        while (TryReadArgument(out _, out _))
        {
        }

        if (_reader.IsAtEnd) return false;
        Name = _reader.ReadName();
        _argumentsLeft = _reader.ReadByte();
        return true;
    }

    /// <summary>Reads the next argument of this message.</summary>
    /// <exception cref="SpopException">The payload is no list of messages.</exception>
    public bool TryReadArgument(out ReadOnlySequence<byte> name, out SpopValue value)
    {
        name = default;
        value = default;
        if (_argumentsLeft == 0) return false;
        _argumentsLeft--;
        name = _reader.ReadName();
        value = _reader.ReadValue();
        return true;
    }
}
