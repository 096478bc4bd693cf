namespace StreamPipes.Testing.Tests.PutBack.Scenarios;

/// <summary>A program behind two streams works off its input, and says so on its output. It gives up when that is not taken any more.</summary>
internal sealed class ProgramBehindAPair : Scenario
{
    private const int Size = 3000;

    private static readonly PipeConnectionOptions Patient = new() { CloseTimeout = TimeSpan.FromMinutes(1) };

    public override async Task RunAsync(VirtualNetwork network)
    {
        (VirtualStream output, VirtualStream programInput) = network.ConnectStreams();
        (VirtualStream input, VirtualStream programOutput) = network.ConnectStreams();
        Task program = WorkAsync(network, programInput, programOutput);
        PipeConnection connection = StreamConnection.Create(input, output, network.OptionsFor(Patient));
        await connection.Output.WriteAsync(Payload.Create(Size));
        await PauseAsync(network, TimeSpan.FromMilliseconds(300));
        await connection.DisposeAsync();
        await program;
    }

    private static async Task WorkAsync(VirtualNetwork network, VirtualStream input, VirtualStream output)
    {
        byte[] buffer = new byte[300];
        int done = 0;
        int read;
        while ((read = await input.ReadAsync(buffer)) > 0)
        {
            done += read;
            await PauseAsync(network, TimeSpan.FromMilliseconds(100));
            await output.WriteAsync(buffer.AsMemory(0, 1));
        }

        if (done != Size) throw new InvalidOperationException($"the program got {done} bytes of {Size}");
        await output.DisposeAsync();
        await input.DisposeAsync();
    }
}
