// Three dots taking turns, four steps a second: a sign of life that costs next to nothing without a GPU.
pragma ComponentBehavior: Bound

import QtQuick

Row {
    id: spinner

    property bool running: true
    property int lit: 0

    spacing: Theme.px(20)

    Repeater {
        model: 3

        Rectangle {
            required property int index

            width: Theme.px(28)
            height: width
            radius: width / 2
            color: spinner.lit === index ? Theme.primary : Theme.edge
        }
    }
    Timer {
        interval: 250
        repeat: true
        running: spinner.running && spinner.visible
        onTriggered: spinner.lit = (spinner.lit + 1) % 3
    }
}
