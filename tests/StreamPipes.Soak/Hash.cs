namespace StreamPipes.Soak;

/// <summary>Scatters two numbers over 64 bits, the same in every run.</summary>
internal static class Hash
{
    public static ulong Of(ulong key, ulong value)
    {
        ulong mixed = key + (value * 0x9E3779B97F4A7C15UL);
        mixed = (mixed ^ (mixed >> 32)) * 0xD6E8FEB86659FD93UL;
        mixed = (mixed ^ (mixed >> 32)) * 0xD6E8FEB86659FD93UL;
        return mixed ^ (mixed >> 32);
    }
}
