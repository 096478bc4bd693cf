using System.Buffers.Binary;

namespace StreamPipes.Tests.Hostile;

/// <summary>Follows the TLS records in a stream of bytes: a header of five bytes, the last two of which are the length of what follows.</summary>
internal sealed class RecordCounter
{
    public const int HeaderSize = 5;

    private readonly byte[] _header = new byte[HeaderSize];
    private readonly List<long> _ends = [0];
    private int _inHeader;
    private int _bodyLeft;
    private long _position;

    /// <summary>Whether the bytes so far are whole records.</summary>
    public bool IsAtBoundary => _inHeader == 0 && _bodyLeft == 0;

    /// <summary>How many records have been whole.</summary>
    public int Records { get; private set; }

    public static int BodySize(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt16BigEndian(header[(HeaderSize - 2)..]);

    /// <summary>Where a place is in this stream; null as long as that is not known, which it is with the header of the record.</summary>
    public long? Find(Place? place) => place is { } known && known.Record < _ends.Count ? _ends[known.Record] + known.Offset : null;

    public void Feed(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            _position++;
            if (_bodyLeft > 0)
            {
                _bodyLeft--;
            }
            else
            {
                _header[_inHeader++] = value;
                if (_inHeader < HeaderSize) continue;
                _inHeader = 0;
                _bodyLeft = BodySize(_header);
                _ends.Add(_position + _bodyLeft);
            }

            if (_bodyLeft == 0) Records++;
        }
    }
}
