using System.IO.Pipelines;

namespace StreamPipes;

/// <summary>Memory of a <see cref="SharedPipeWriter"/> to write one message into. Until it is committed or disposed no other message can begin.</summary>
/// <remarks>
/// <para><b>Ownership.</b> The memory is the caller's until <see cref="CommitAsync"/> or <see cref="Dispose"/>, of which the first counts. A lease that gets neither holds up
/// every other caller indefinitely: put it in a <c>using</c> statement.</para>
/// <para><b>Concurrency.</b> One thread at a time, not necessarily the same.</para>
/// </remarks>
public readonly struct PipeWriterLease : IDisposable, IEquatable<PipeWriterLease>
{
    private readonly ILessor? _lessor;
    private readonly int _number;

    internal PipeWriterLease(ILessor lessor, int number, Memory<byte> memory)
    {
        _lessor = lessor;
        _number = number;
        Memory = memory;
    }

    /// <summary>What a lease is given back to.</summary>
    internal interface ILessor
    {
        ValueTask<FlushResult> CommitAsync(int number, int bytes);

        void Return(int number);
    }

    /// <summary>Where the message goes: at least as much as was asked for, in one piece.</summary>
    public Memory<byte> Memory { get; }

    /// <summary>Sends the message.</summary>
    /// <param name="bytes">How long it is, from the beginning of <see cref="Memory"/>.</param>
    /// <returns>As <see cref="SharedPipeWriter.WriteAsync"/>: completes when the message has been flushed, together with others that came meanwhile.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> is negative, or more than was given. The lease is still the caller's.</exception>
    /// <exception cref="InvalidOperationException">The lease has been committed or disposed already.</exception>
    public ValueTask<FlushResult> CommitAsync(int bytes) => _lessor is { } lessor ? lessor.CommitAsync(_number, bytes) : throw new InvalidOperationException("There is no lease: LeaseAsync gives one.");

    /// <summary>Gives the memory back, and drops what stands in it. After <see cref="CommitAsync"/> it does nothing.</summary>
    public void Dispose() => _lessor?.Return(_number);

    /// <summary>Whether both are one lease.</summary>
    /// <param name="other">Another lease.</param>
    /// <returns>Whether they are.</returns>
    public bool Equals(PipeWriterLease other) => ReferenceEquals(_lessor, other._lessor) && _number == other._number;

    /// <summary>Whether both are one lease.</summary>
    /// <param name="obj">Another lease.</param>
    /// <returns>Whether they are.</returns>
    public override bool Equals(object? obj) => obj is PipeWriterLease other && Equals(other);

    /// <summary>For collections.</summary>
    /// <returns>The lease's number.</returns>
    public override int GetHashCode() => _number;

    /// <summary>Whether both are one lease.</summary>
    /// <param name="left">A lease.</param>
    /// <param name="right">Another.</param>
    /// <returns>Whether they are.</returns>
    public static bool operator ==(PipeWriterLease left, PipeWriterLease right) => left.Equals(right);

    /// <summary>Whether they are two leases.</summary>
    /// <param name="left">A lease.</param>
    /// <param name="right">Another.</param>
    /// <returns>Whether they are not one.</returns>
    public static bool operator !=(PipeWriterLease left, PipeWriterLease right) => !left.Equals(right);
}
