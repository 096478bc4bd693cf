namespace StreamPipes.Tests.Carriers;

/// <summary>Its reads do not notice that their token is cancelled once they wait; only a dispose ends them.</summary>
internal sealed class DeafStream(Wire input, Wire output) : WireStream(input, output)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return base.ReadAsync(buffer, CancellationToken.None);
    }
}
