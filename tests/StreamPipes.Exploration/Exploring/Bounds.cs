using System.Runtime.InteropServices;

namespace StreamPipes.Exploration.Exploring;

/// <summary>How far an exploration goes.</summary>
/// <param name="Preemptions">How often a thread that could go on is interrupted.</param>
/// <param name="OldReads">How often a read gets another value than the last.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Bounds(int Preemptions, int OldReads)
{
    public override string ToString() => $"{Preemptions} preemptions, {OldReads} old reads";
}
