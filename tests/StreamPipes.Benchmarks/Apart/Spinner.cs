namespace StreamPipes.Benchmarks.Apart;

/// <summary>A process that keeps one processor busy, at the priority of everybody else, until it is killed or its input ends.</summary>
internal static class Spinner
{
    public const string Subject = "spin";

    public static int Spin()
    {
        bool isOver = false;
        Thread reader = new(() =>
        {
            Console.In.ReadToEnd();
            Volatile.Write(ref isOver, true);
        });
        reader.IsBackground = true;
        reader.Start();
        while (!Volatile.Read(ref isOver)) Thread.SpinWait(1_000);
        return 0;
    }
}
