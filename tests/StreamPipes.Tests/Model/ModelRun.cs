using System.IO.Pipelines;
using System.Net.Sockets;

namespace StreamPipes.Tests.Model;

/// <summary>Runs a program against the library and the reference model beside each other.</summary>
internal static class ModelRun
{
    public static async Task RunAsync(ModelProgram program)
    {
        CountingMemoryPool pool = new(program.BlockSize);
        PipeOptions pipes = new(pool, pauseWriterThreshold: program.Threshold, resumeWriterThreshold: program.Threshold / 2, minimumSegmentSize: program.BlockSize, useSynchronizationContext: false);
        PipeConnectionOptions options = new()
        {
            ReceivePipeOptions = pipes,
            SendPipeOptions = pipes,
            FlushThrough = program.FlushThrough,
            Scheduling = program.Seed % 2 == 0 ? PumpScheduling.Default : PumpScheduling.ThreadPool,
        };
        (ModelSide client, ModelSide server) = await ConnectAsync(program, options);
        (client.Peer, server.Peer) = (server, client);
        try
        {
            foreach (Step step in program.Steps) await (step.IsClient ? client : server).TakeAsync(step);
            await ModelSide.EndAsync(client, server, program.HasHalfClose);
        }
        finally
        {
            client.Connection.Abort();
            server.Connection.Abort();
        }

        if (pool.Rented > 0) pool.AssertClean();
    }

    private static async Task<(ModelSide Client, ModelSide Server)> ConnectAsync(ModelProgram program, PipeConnectionOptions options)
    {
        if (program.Carrier is Carrier.UnixSocket or Carrier.TcpSocket)
        {
            (Socket client, Socket server) = await (program.Carrier == Carrier.UnixSocket ? SocketPair.UnixAsync() : SocketPair.TcpAsync());
            return (Side("client", SocketConnection.Create(client, options), null), Side("server", SocketConnection.Create(server, options), null));
        }

        StreamPair pair = program.Carrier == Carrier.Chunks ? StreamPairs.Unknown() : StreamPairs.InMemory();
        return (Over(pair.Client, "client", program.Seed), Over(pair.Server, "server", program.Seed + 2));

        ModelSide Over(Stream stream, string name, int seed)
        {
            RandomChunksStream? chunks = program.CanFail ? new RandomChunksStream(stream, seed) : null;
            return Side(name, StreamConnection.Create(chunks ?? stream, options), chunks);
        }
    }

    private static ModelSide Side(string name, PipeConnection connection, RandomChunksStream? stream) => new(name, name.Length + name[0], connection, stream);
}
