// The choices of a question as big buttons; a touch is the answer.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Controls
import KioskUi

ScrollArea {
    id: pad

    required property FormModel form

    GridLayout {
        width: parent.width
        columns: 2
        columnSpacing: Theme.px(16)
        rowSpacing: Theme.px(16)
        uniformCellWidths: true

        Repeater {
            model: pad.form.choices

            T.Button {
                id: choice

                required property string value
                required property string label
                required property bool chosen

                objectName: "choice-" + value
                Layout.fillWidth: true
                Layout.fillHeight: true
                implicitHeight: Math.max(Theme.mainTouch, words.implicitHeight + Theme.px(48))
                focusPolicy: Qt.NoFocus
                Accessible.name: label
                onClicked: {
                    pad.form.put(value);
                    pad.form.done();
                }

                background: Card {
                    colour: choice.chosen ? Theme.primary : choice.down ? Theme.primaryPale : Theme.card
                    edge: choice.chosen ? Theme.primary : Theme.edge
                }
                contentItem: Item {
                    Words {
                        id: words
                        anchors.left: parent.left
                        anchors.right: parent.right
                        anchors.margins: Theme.px(20)
                        anchors.verticalCenter: parent.verticalCenter
                        horizontalAlignment: Text.AlignHCenter
                        text: choice.label
                        size: Theme.lead
                        strong: true
                        color: choice.chosen ? Theme.primaryInk : Theme.ink
                    }
                }
            }
        }
    }
}
