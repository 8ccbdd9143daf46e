// Nothing to show, yet or at all: said with an icon and a sentence.
import QtQuick
import Controls

Column {
    id: state

    property string iconName
    property string text
    property bool busy: false
    property bool low: false

    spacing: Theme.px(low ? 14 : 28)

    Icon {
        visible: !state.busy
        anchors.horizontalCenter: parent.horizontalCenter
        name: state.iconName
        size: Theme.px(state.low ? 92 : 140)
        colour: Theme.highContrast ? Theme.primary : "#a9b8d3"
    }
    Spinner {
        visible: state.busy
        anchors.horizontalCenter: parent.horizontalCenter
        running: state.busy
    }
    Words {
        width: parent.width
        horizontalAlignment: Text.AlignHCenter
        text: state.text
        size: Theme.lead
        soft: true
    }
}
