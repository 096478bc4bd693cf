namespace StreamPipes.Common;

/// <summary>Refuses streams that cannot do what is asked of them, and says what to use instead.</summary>
internal static class StreamRequirements
{
    public static void Readable(Stream stream, string parameter)
    {
        if (stream is null) throw new ArgumentNullException(parameter);
        if (!stream.CanRead) throw new ArgumentException($"The stream ({stream.GetType().Name}) cannot be read: it is write-only, closed or not yet authenticated.", parameter);
    }

    public static void Writable(Stream stream, string parameter)
    {
        if (stream is null) throw new ArgumentNullException(parameter);
        if (!stream.CanWrite) throw new ArgumentException($"The stream ({stream.GetType().Name}) cannot be written: it is read-only, closed or not yet authenticated.", parameter);
    }

    public static void Duplex(Stream stream, string parameter)
    {
        if (stream is null) throw new ArgumentNullException(parameter);
        string name = stream.GetType().Name;
        string? refusal = (stream.CanRead, stream.CanWrite) switch
        {
            (false, false) => $"The stream ({name}) can be neither read nor written: it is closed, or an SslStream whose handshake has not been done (authenticate it first).",
            (true, false) => $"The stream ({name}) can only be read. Use StreamConnection.CreateReader(stream), or Create(input, output) with a stream for the other direction.",
            (false, true) => $"The stream ({name}) can only be written. Use StreamConnection.CreateWriter(stream), or Create(input, output) with a stream for the other direction.",
            _ when stream.CanSeek => $"The stream ({name}) can be sought: it has one position for reading and writing, so it cannot be duplex. Use StreamConnection.CreateReader(stream) or CreateWriter(stream).",
            _ when stream is BufferedStream => "A BufferedStream has one buffer for reading and writing, so it cannot be duplex. Pass the stream under it: the connection buffers by itself.",
            _ => null,
        };
        if (refusal is not null) throw new ArgumentException(refusal, parameter);
    }
}
