namespace StreamPipes.Tests.Carriers;

/// <summary>The input of a program that says a byte on its output for all that it reads, and reads no more once it cannot say it.</summary>
internal sealed class ProgressStream(Stream input, Stream output) : WrappingStream(input)
{
    private bool _hasBegun;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await base.ReadAsync(buffer, cancellationToken);

        // The greeting has an answer of its own.
        if (_hasBegun && count > 0) await output.WriteAsync(new byte[1], cancellationToken);
        _hasBegun = true;
        return count;
    }
}
