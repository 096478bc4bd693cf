using System.Buffers;
using StreamPipes.Framing;

namespace StreamPipes.Fuzzing.Frames;

/// <summary>What happened, in order: frames, questions about bad ones, what was skipped, the end.</summary>
internal sealed class FrameLog
{
    private readonly List<string> _events = [];

    public int Frames { get; private set; }

    public int Asked { get; private set; }

    /// <summary>Whether nothing but frames has happened.</summary>
    public bool IsPlain => _events.Count == Frames;

    public void Frame(ReadOnlySpan<byte> frame)
    {
        Frames++;
        _events.Add($"[{Convert.ToHexString(frame)}]");
    }

    public void Frame(in ReadOnlySequence<byte> frame) => Frame(frame.ToArray());

    /// <returns>How often it was asked.</returns>
    public int Ask(FrameErrorKind kind, long position, long length)
    {
        _events.Add($"{kind} at {position} of {length}?");
        return ++Asked;
    }

    public void Skip(FrameErrorKind kind, long position, long length) => _events.Add($"{kind} at {position} of {length} skipped");

    public void Fail(FrameErrorKind kind, long position, long length) => _events.Add($"{kind} at {position} of {length}!");

    public void FailBy(string what) => _events.Add($"{what}!");

    public void End(long position) => _events.Add($"the end at {position}");

    public void MustEqual(FrameLog other, string how)
    {
        int same = _events.Zip(other._events).TakeWhile(pair => string.Equals(pair.First, pair.Second, StringComparison.Ordinal)).Count();
        FoundException.Unless(same == _events.Count && same == other._events.Count, $"event {same} is '{_events.ElementAtOrDefault(same)}', and {how} '{other._events.ElementAtOrDefault(same)}'");
    }
}
