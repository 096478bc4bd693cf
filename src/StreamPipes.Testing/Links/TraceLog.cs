using System.Globalization;
using System.Runtime.InteropServices;

namespace StreamPipes.Testing.Links;

/// <summary>What has happened in a run, in order. It becomes text when it is asked for.</summary>
internal sealed class TraceLog
{
    private readonly List<Entry> _entries = [];

    public void Add(TimeSpan at, LinkEvent what, string who, long count, string? text = null) => _entries.Add(new Entry(at, what, who, count, text));

    public IReadOnlyList<string> Render() => [.. _entries.Select(entry => entry.ToString())];

    public IEnumerable<string> RenderLast(int count) => _entries.Skip(Math.Max(0, _entries.Count - count)).Select(entry => entry.ToString());

    [StructLayout(LayoutKind.Auto)]
    private readonly struct Entry
    {
        private readonly TimeSpan _at;
        private readonly LinkEvent _what;
        private readonly string _who;
        private readonly long _count;
        private readonly string? _text;

        public Entry(TimeSpan at, LinkEvent what, string who, long count, string? text)
        {
            _at = at;
            _what = what;
            _who = who;
            _count = count;
            _text = text;
        }

        public override string ToString()
        {
            string what = _what switch
            {
                LinkEvent.Connected => "is connected",
                LinkEvent.Sent => $"sends {Bytes}",
                LinkEvent.Stalled => $"is stalled for {Number} ms",
                LinkEvent.Arrived => $"gets {Bytes}",
                LinkEvent.Read => $"reads {Bytes}",
                LinkEvent.EndSent => "ends its output",
                LinkEvent.EndArrived => "gets the end",
                LinkEvent.Truncated => $"is cut off after {Bytes}: what it sends from here on is lost",
                LinkEvent.Reset => "is reset",
                LinkEvent.Disposed => "is disposed",
                _ => _text ?? "",
            };
            return string.Concat(_at.TotalMilliseconds.ToString("0.000", CultureInfo.InvariantCulture), " ms  ", _who, _who.Length == 0 ? "" : " ", what);
        }

        private string Bytes => _count == 1 ? "1 byte" : $"{Number} bytes";

        private string Number => _count.ToString(CultureInfo.InvariantCulture);
    }
}
