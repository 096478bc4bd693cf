using System.Buffers;
using System.Globalization;

namespace SpoaAgent;

/// <summary>What HAProxy says first, and what it is answered.</summary>
internal sealed class Hello
{
    private const string Version = "2.0";
    private const string Capabilities = "fragmentation,pipelining";
    private const int SmallestMaxFrameSize = 256;

    private string? _versions;
    private string? _capabilities;
    private long? _maxFrameSize;

    public bool IsHealthCheck { get; private set; }

    /// <summary>The largest frame that both sides take.</summary>
    public int MaxFrameSize { get; private set; }

    /// <exception cref="SpopException">Something is missing, or nothing fits.</exception>
    public static Hello Read(in Frame frame, int ownMaxFrameSize)
    {
        if (frame.Type != FrameType.HaproxyHello) throw new SpopException(SpopStatus.InvalidFrame, "the first frame must be a HAPROXY-HELLO");
        Hello hello = new();
        PayloadReader reader = new(frame.Payload);
        while (!reader.IsAtEnd) hello.Take(reader.ReadName(), reader.ReadValue());
        hello.Agree(ownMaxFrameSize);
        return hello;
    }

    public void WriteAnswer(IBufferWriter<byte> output)
    {
        ArrayBufferWriter<byte> payload = new();
        payload.WriteName("version");
        payload.WriteValue(Version);
        payload.WriteName("max-frame-size");
        payload.WriteValue((uint)MaxFrameSize);
        payload.WriteName("capabilities");
        payload.WriteValue(Capabilities);
        FrameHeader.Write(output, FrameType.AgentHello, FrameFlags.Final, 0, 0, payload.WrittenSpan);
    }

    private void Take(in ReadOnlySequence<byte> name, in SpopValue value)
    {
        if (name.Is("supported-versions"u8) && value.Type == SpopType.String) _versions = value.ToText();
        else if (name.Is("capabilities"u8) && value.Type == SpopType.String) _capabilities = value.ToText();
        else if (name.Is("max-frame-size"u8) && value.IsInteger) _maxFrameSize = value.Number;
        else if (name.Is("healthcheck"u8)) IsHealthCheck = value.IsTrue;
    }

    private void Agree(int ownMaxFrameSize)
    {
        if (_versions is null) throw new SpopException(SpopStatus.NoVersion, "there is no supported-versions");
        if (_maxFrameSize is not { } maxFrameSize) throw new SpopException(SpopStatus.NoMaxFrameSize, "there is no max-frame-size");
        if (_capabilities is null) throw new SpopException(SpopStatus.NoCapabilities, "there is no capabilities");
        if (!_versions.Split(',', StringSplitOptions.TrimEntries).Any(IsUsable)) throw new SpopException(SpopStatus.UnsupportedVersion, $"version {Version} is needed, not {_versions}");
        if (maxFrameSize < SmallestMaxFrameSize) throw new SpopException(SpopStatus.BadMaxFrameSize, $"a max-frame-size of {maxFrameSize.ToString(CultureInfo.InvariantCulture)} is less than {SmallestMaxFrameSize}");
        MaxFrameSize = (int)Math.Min(maxFrameSize, ownMaxFrameSize);
    }

    /// <summary>A major version stands for all its minor versions up to the one that is named.</summary>
    private static bool IsUsable(string version) => version.StartsWith("2.", StringComparison.Ordinal);
}
