using System.Buffers.Binary;

namespace StreamPipes.Tests.Hostile;

/// <summary>Follows the TLS records in a stream of bytes: a header of five bytes, the last two of which are the length of what follows.</summary>
internal sealed class RecordCounter
{
    private const int HeaderSize = 5;

    private readonly byte[] _header = new byte[HeaderSize];
    private int _inHeader;
    private int _bodyLeft;

    /// <summary>Whether the bytes so far are whole records.</summary>
    public bool IsAtBoundary => _inHeader == 0 && _bodyLeft == 0;

    /// <summary>How many records have been whole.</summary>
    public int Records { get; private set; }

    public void Feed(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            if (_bodyLeft > 0)
            {
                _bodyLeft--;
            }
            else
            {
                _header[_inHeader++] = value;
                if (_inHeader < HeaderSize) continue;
                _inHeader = 0;
                _bodyLeft = BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(HeaderSize - 2));
            }

            if (_bodyLeft == 0) Records++;
        }
    }
}
