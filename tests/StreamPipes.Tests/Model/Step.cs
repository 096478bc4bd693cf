namespace StreamPipes.Tests.Model;

/// <summary>One step of a program.</summary>
/// <param name="IsClient">Which end takes it.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Size">How many bytes, where there are any.</param>
/// <param name="Variant">Of a write: in which way. Of a read: how much is consumed, in quarters, and (from 5 on) that nothing else is examined.</param>
internal sealed record Step(bool IsClient, StepKind Kind, int Size, int Variant)
{
    public override string ToString() => $"{(IsClient ? "client" : "server")}.{Kind}({Size}, {Variant})";
}
