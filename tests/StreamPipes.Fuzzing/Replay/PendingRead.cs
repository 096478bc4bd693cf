namespace StreamPipes.Fuzzing.Replay;

/// <summary>One read of the stream under test. Its memory has a border behind it, and is not to be written to once the read has ended.</summary>
internal sealed class PendingRead
{
    private const int Border = 8;
    private const byte Untouched = 0xEE;

    private readonly byte[] _memory;
    private readonly int _length;
    private readonly CancellationTokenSource? _source;
    private byte[]? _left;

    public PendingRead(Stream stream, int length, byte flavour, bool hasToken, bool isDead = false)
    {
        _length = length;
        _memory = new byte[length + Border];
        _memory.AsSpan().Fill(Untouched);
        _source = hasToken ? new CancellationTokenSource() : null;
        if (isDead) _source?.Cancel();
        Task = Begin(stream, flavour % 3);
    }

    public Task<int> Task { get; }

    /// <summary>Whether it asked for no bytes: then none are no end.</summary>
    public bool IsEmpty => _length == 0;

    public bool HasToken => _source is not null;

    public void Cancel() => _source?.Cancel();

    public ReadOnlySpan<byte> Bytes(int count)
    {
        FoundException.Unless((uint)count <= (uint)_length, $"a read of {_length} bytes said {count}");
        FoundException.Unless(_memory.AsSpan(_length).IndexOfAnyExcept(Untouched) < 0, "a read wrote behind its memory");
        Leave();
        return _memory.AsSpan(0, count);
    }

    /// <summary>Whoever has given up a read may use its memory for something else.</summary>
    public void Leave() => _left = [.. _memory];

    public void MustBeAsLeft() => FoundException.Unless(_left is null || _memory.AsSpan().SequenceEqual(_left), "a read wrote to memory after it had ended");

    public bool IsTokenOf(OperationCanceledException exception) => _source is not null && exception.CancellationToken == _source.Token;

    private Task<int> Begin(Stream stream, int flavour) => flavour switch
    {
        0 => stream.ReadAsync(_memory.AsMemory(0, _length), Token).AsTask(),
        1 => stream.ReadAsync(_memory, 0, _length, Token),
        _ when HasToken => stream.ReadAsync(_memory.AsMemory(0, _length), Token).AsTask(),
        _ => System.Threading.Tasks.Task.Factory.FromAsync(stream.BeginRead, stream.EndRead, _memory, 0, _length, null),
    };

    private CancellationToken Token => _source?.Token ?? CancellationToken.None;
}
