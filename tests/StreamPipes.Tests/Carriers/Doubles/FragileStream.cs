namespace StreamPipes.Tests.Carriers;

/// <summary>A cancelled read ends it in both directions, and what is in flight is lost.</summary>
internal sealed class FragileStream(Wire input, Wire output) : WireStream(input, output)
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await base.ReadAsync(buffer, cancellationToken);
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            Input.Break(e);
            Output.Break(e);
            throw;
        }
    }
}
