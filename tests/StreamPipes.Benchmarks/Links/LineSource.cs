namespace StreamPipes.Benchmarks.Links;

/// <summary>
/// The client of a line server, as the peer of the server under test: sends a batch of lines when told, and counts the answers meanwhile.
/// </summary>
internal sealed class LineSource(byte[] block, int blocks, long answerBytes)
{
    private readonly SemaphoreSlim _go = new(0);
    private TaskCompletionSource _answered = new();

    /// <summary>Begins a batch; the task ends with the last byte of the last answer.</summary>
    public Task Go()
    {
        _answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _go.Release();
        return _answered.Task;
    }

    public void Serve(Stream stream)
    {
        Thread sending = new(() => Send(stream)) { IsBackground = true, Name = "lines" };
        sending.Start();
        byte[] buffer = new byte[32 * 1024];
        long missing = answerBytes;
        while (stream.Read(buffer) is > 0 and int count)
        {
            missing -= count;
            if (missing > 0) continue;
            missing = answerBytes;
            _answered.SetResult();
        }
    }

    // It waits for another batch to the end of the process: a background thread.
    private void Send(Stream stream)
    {
        while (true)
        {
            _go.Wait();
            for (int i = 0; i < blocks; i++) stream.Write(block);
        }
    }
}
