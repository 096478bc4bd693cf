namespace StreamPipes.Fuzzing.Replay;

/// <summary>What stands at each place of a stream: a byte that came twice, too late or not at all shows.</summary>
internal static class Content
{
    public static byte At(long position) => (byte)((position * 167) ^ (position >> 8) ^ (position >> 16));

    public static void Fill(Span<byte> target, long position)
    {
        for (int i = 0; i < target.Length; i++) target[i] = At(position + i);
    }

    public static byte[] Make(long position, int count)
    {
        byte[] bytes = new byte[count];
        Fill(bytes, position);
        return bytes;
    }

    public static bool Is(ReadOnlySpan<byte> bytes, long position)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != At(position + i)) return false;
        }

        return true;
    }
}
